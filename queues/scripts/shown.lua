-- A person has seen a change, or cannot be shown it.
-- KEYS request, owed    ARGV ticket, view
if redis.call('HGET', KEYS[1], 'view') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'shownView', ARGV[2])
local state = redis.call('HGET', KEYS[1], 'state')
-- Who was asked is not owed anything until they answer.
if state == 'failed' or state == 'cancelled' or state == 'delivered' or state == 'choosing' then redis.call('ZREM', KEYS[2], ARGV[1]) end
return 1
