-- A request ends, once. With a failure the person is still owed the reason.
-- KEYS request, active, owed    ARGV ticket, state (delivered | failed), failure, round ('' for any)
-- Returns 1 when this call ended it.
local request = redis.call('HMGET', KEYS[1], 'state', 'round')
local state = request[1]
if not state or state == 'delivered' or state == 'failed' or state == 'cancelled' then return 0 end
if ARGV[4] ~= '' and ARGV[4] ~= request[2] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'failure', ARGV[3])
redis.call('SREM', KEYS[2], ARGV[1])
if ARGV[2] == 'delivered' then redis.call('ZREM', KEYS[3], ARGV[1]) else redis.call('HINCRBY', KEYS[1], 'view', 1) end
return 1
