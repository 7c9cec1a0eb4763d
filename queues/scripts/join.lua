-- Decides, and records the waiter in the same step, so that there is no gap to fall through.
-- KEYS request, shared, waiters, inflight, generation counter, file ('' for a key that has no file), person ('' when the work
--   costs them nothing)
-- ARGV ticket, key, waiting state, state on a hit ('' leaves it), now ms, ttlMs, field for the key in the request, then, with a
--   person: free downloads, test ('' for none), above them (nothing | ad | wait | stop; '' for who has no limit), waitMs
-- Returns {gone} | {blocked} | {file} | {cached, generation}
--   | {stop | later, used, allowed, until, reached, variant, met} (charge.lua)
--   | {joined, generation, starter, confirmed, …the same} | {start, generation, ticket, 0, …the same}
local state = redis.call('HGET', KEYS[1], 'state')
-- Who left, or has what they wanted, stays out, however often a stalled job tries to bring them back.
if not state or state == 'cancelled' or state == 'delivering' or state == 'delivered' or state == 'failed' then
  return { 'gone' }
end
if KEYS[7] ~= '' and redis.call('HGET', KEYS[7], 'isBlocked') == '1' then return { 'blocked' } end
redis.call('HSET', KEYS[1], ARGV[7], ARGV[2])
local function hit(how, generation)
  if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'state', ARGV[4]) end
  redis.call('HDEL', KEYS[1], 'generation')
  return { how, generation }
end
if KEYS[6] ~= '' and redis.call('EXISTS', KEYS[6]) == 1 then return hit('file', '0') end
local shared = redis.call('HMGET', KEYS[2], 'state', 'generation', 'starter', 'confirmed')
if shared[1] == 'cached' then return hit('cached', shared[2]) end
local cost = { 'ok', '0', '0', '0', '', '', '' }
if KEYS[7] ~= '' and ARGV[10] ~= '' then
  cost = charge(KEYS[1], KEYS[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11])
end
if cost[1] ~= 'ok' then
  -- It waits for nothing of the work that it may have waited for.
  redis.call('HSET', KEYS[1], 'state', 'asked')
  redis.call('HDEL', KEYS[1], 'generation')
  return cost
end
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[6])
if shared[1] == 'inflight' then
  redis.call('HSET', KEYS[1], 'state', ARGV[3], 'generation', shared[2])
  return { 'joined', shared[2], shared[3], shared[4] or '0', unpack(cost, 2) }
end
local generation = nextGeneration(KEYS[5])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'state', 'inflight', 'generation', generation, 'starter', ARGV[1], 'confirmed', '0')
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[2])
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'generation', generation)
return { 'start', generation, ARGV[1], '0', unpack(cost, 2) }
