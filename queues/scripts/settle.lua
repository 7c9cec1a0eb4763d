-- A request ends, once. With a failure the person is still owed the reason. In the same step a file that came is counted, and
-- one that did not come costs nothing.
-- KEYS request, active, owed, person, then for `delivered` the counters: of the person in all, on the day, in the month; of the
--   medium ('' for none)
-- ARGV ticket, state (delivered | failed), failure, round, generation ('' for any), ttl of a day's and of a month's counter, s
-- Returns ended | before (it had ended) | other (it is in another round, or waits for another generation)
local request = redis.call('HMGET', KEYS[1], 'state', 'round', 'generation')
local state = request[1]
if not state or state == 'delivered' or state == 'failed' or state == 'cancelled' then return 'before' end
if ARGV[4] ~= '' and ARGV[4] ~= request[2] then return 'other' end
if ARGV[5] ~= '' and ARGV[5] ~= request[3] then return 'other' end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'failure', ARGV[3])
redis.call('SREM', KEYS[2], ARGV[1])
if ARGV[2] ~= 'delivered' then
  giveBack(KEYS[1], KEYS[4])
  redis.call('HINCRBY', KEYS[1], 'view', 1)
  return 'ended'
end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HINCRBY', KEYS[4], 'delivered', 1)
redis.call('INCR', KEYS[5])
redis.call('INCR', KEYS[6])
redis.call('EXPIRE', KEYS[6], ARGV[6])
redis.call('INCR', KEYS[7])
redis.call('EXPIRE', KEYS[7], ARGV[7])
if KEYS[8] ~= '' then redis.call('INCR', KEYS[8]) end
return 'ended'
