-- A delivery has found nothing to deliver: the request begins again, as a round of its own, because the ids of the
-- old round are taken by jobs that have ended.
-- KEYS request    ARGV the round that was to be delivered
local request = redis.call('HMGET', KEYS[1], 'state', 'round')
if request[1] ~= 'delivering' or request[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', 'asked')
-- Nobody asked anew: whatever is known of a direct send stays true.
redis.call('HDEL', KEYS[1], 'generation')
redis.call('HINCRBY', KEYS[1], 'round', 1)
return 1
