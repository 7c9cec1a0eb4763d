-- Somebody is about to be asked: after a limit or so many files, and not again for long.
-- KEYS person, survey, surveys    ARGV member, gapMs, files, waitMs, keptMs
-- Returns when, ms, or 0 when it is not their time.
local person = redis.call('HMGET', KEYS[1], 'lastSurveyMs', 'reached', 'delivered')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(person[1] or '')
if last and now - last < tonumber(ARGV[2]) then return 0 end
if tonumber(person[2] or '0') == 0 and tonumber(person[3] or '0') < tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'lastSurveyMs', now)
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'askedAtMs', now)
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
return now
