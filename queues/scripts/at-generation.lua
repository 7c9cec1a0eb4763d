-- Changes what stands under a key, unless another generation stands there by now.
-- KEYS shared    ARGV generation, field ('' deletes all of it), value
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
return 1
