-- Somebody has their file. KEYS shared    ARGV generation
-- Returns 1 when it is in the cache too: the artifact has done its work.
local shared = redis.call('HMGET', KEYS[1], 'generation', 'stored')
if shared[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'delivered', '1')
return shared[2] == '1' and 1 or 0
