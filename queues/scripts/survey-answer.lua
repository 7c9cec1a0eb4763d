-- A button of the survey is pressed: the first answer to each question counts.
-- KEYS person, survey, surveys    ARGV member, when the survey was asked, pmf | usefulFor, answer, waitMs for what is next
-- Returns what is asked next: usefulFor | words | '' (it is over, or another one)
local survey = redis.call('HMGET', KEYS[2], 'askedAtMs', 'pmf', 'usefulFor', 'endedBy')
if survey[1] ~= ARGV[2] or survey[4] then return '' end
if ARGV[3] == 'usefulFor' and not survey[2] then return '' end
if survey[3] then return 'words' end
if ARGV[3] == 'pmf' and survey[2] then return 'usefulFor' end
local time = redis.call('TIME')
local dueMs = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[5]
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
if ARGV[3] == 'usefulFor' then redis.call('HSET', KEYS[2], 'wordsUntilMs', dueMs) end
redis.call('ZADD', KEYS[3], dueMs, ARGV[1])
return ARGV[3] == 'pmf' and 'usefulFor' or 'words'
