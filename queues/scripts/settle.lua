-- A request ends, once. With a failure the person is still owed the reason.
-- KEYS request, active, owed    ARGV ticket, state (delivered | failed), failure, round, generation ('' for any)
-- Returns ended | before (it had ended) | other (it is in another round, or waits for another generation)
local request = redis.call('HMGET', KEYS[1], 'state', 'round', 'generation')
local state = request[1]
if not state or state == 'delivered' or state == 'failed' or state == 'cancelled' then return 'before' end
if ARGV[4] ~= '' and ARGV[4] ~= request[2] then return 'other' end
if ARGV[5] ~= '' and ARGV[5] ~= request[3] then return 'other' end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'failure', ARGV[3])
redis.call('SREM', KEYS[2], ARGV[1])
if ARGV[2] == 'delivered' then redis.call('ZREM', KEYS[3], ARGV[1]) else redis.call('HINCRBY', KEYS[1], 'view', 1) end
return 'ended'
