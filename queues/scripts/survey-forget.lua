-- A survey is looked after. KEYS person, survey, surveys    ARGV member, when it was asked ('' for one without an answer)
local survey = redis.call('HMGET', KEYS[2], 'askedAtMs', 'pmf')
if survey[1] and (ARGV[2] ~= '' and survey[1] ~= ARGV[2] or ARGV[2] == '' and survey[2]) then return 0 end
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
