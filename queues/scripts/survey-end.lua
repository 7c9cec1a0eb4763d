-- A survey ends: with words, without them, or because nobody answers any more. Again by the same, it says the same.
-- KEYS person, survey, surveys    ARGV member, words | skip | late, who ends it, words, when it was asked ('' for any)
-- Returns {when it was asked, pmf, useful for or '', has words (1 | 0), files of the person, first seen ms}, or {}
local survey = redis.call('HMGET', KEYS[2], 'askedAtMs', 'pmf', 'usefulFor', 'endedBy', 'wordsUntilMs', 'words')
if not survey[1] or not survey[2] or ARGV[5] ~= '' and ARGV[5] ~= survey[1] then return {} end
local words = survey[6] or ''
if survey[4] then
  if survey[4] ~= ARGV[3] then return {} end
else
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if ARGV[2] == 'words' and now >= (tonumber(survey[5] or '') or 0) then return {} end
  if ARGV[2] == 'skip' and not survey[3] then return {} end
  -- An answer that came this moment has put it off.
  if ARGV[2] == 'late' and (tonumber(redis.call('ZSCORE', KEYS[3], ARGV[1]) or '') or now) > now then return {} end
  words = ARGV[4]
  redis.call('HSET', KEYS[2], 'endedBy', ARGV[3], 'words', words)
  redis.call('ZADD', KEYS[3], now, ARGV[1])
end
local person = redis.call('HMGET', KEYS[1], 'delivered', 'firstSeenMs')
return { survey[1], survey[2], survey[3] or '', words ~= '' and '1' or '0', person[1] or '0', person[2] or survey[1] }
