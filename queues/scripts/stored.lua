-- A file is in the cache: from now on its record stays.
-- KEYS shared    ARGV generation, media, thumbnail
-- Returns 0 when the record is gone or another generation's (nobody will ever ask for the object), 1 when it is noted,
-- 2 when it is noted and people have their file already (the artifact has done its work).
local shared = redis.call('HMGET', KEYS[1], 'state', 'generation', 'delivered')
if shared[1] ~= 'cached' or shared[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'media', ARGV[2], 'thumbnail', ARGV[3], 'stored', '1')
redis.call('PERSIST', KEYS[1])
return shared[3] == '1' and 2 or 1
