-- A person's own code, made when there is none yet.
-- KEYS person, the code that they may get    ARGV bot id, user id, the code that they may get
-- Returns the code, or '' when somebody else has that one.
local code = redis.call('HGET', KEYS[1], 'code')
if code then return code end
if redis.call('SET', KEYS[2], ARGV[1] .. '.' .. ARGV[2], 'NX') == false then return '' end
redis.call('HSET', KEYS[1], 'code', ARGV[3])
return ARGV[3]
