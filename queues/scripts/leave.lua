-- One person leaves. The last one out ends the work.
-- KEYS request, active, inflight, owed, person    ARGV ticket, prefix
-- Returns {over, state} (nothing left to leave) | {left} | {cancelled, generation, starter}
local request = redis.call('HMGET', KEYS[1], 'state', 'mediaKey', 'inspectKey')
local state = request[1]
if not state or state == 'delivering' or state == 'delivered' or state == 'failed' or state == 'cancelled' then
  return { 'over', state or '' }
end
redis.call('HSET', KEYS[1], 'state', 'cancelled')
giveBack(KEYS[1], KEYS[5])
redis.call('HINCRBY', KEYS[1], 'view', 1)
local now = redis.call('TIME')
redis.call('ZADD', KEYS[4], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
redis.call('SREM', KEYS[2], ARGV[1])
local key = state == 'producing' and request[2] or state == 'inspecting' and request[3]
if not key then return { 'left' } end
local waiters = ARGV[2] .. ':waiters:' .. key
if redis.call('SREM', waiters, ARGV[1]) == 0 or redis.call('EXISTS', waiters) == 1 then return { 'left' } end
local sharedKey = ARGV[2] .. ':shared:' .. key
local shared = redis.call('HMGET', sharedKey, 'state', 'generation', 'starter')
if shared[1] ~= 'inflight' then return { 'left' } end
redis.call('HSET', sharedKey, 'state', 'cancelled')
redis.call('PEXPIRE', sharedKey, 3600000)
redis.call('ZREM', KEYS[3], key)
return { 'cancelled', shared[2], shared[3] }
