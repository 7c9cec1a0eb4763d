-- An ad is about to be sent after a delivery: at most once per round, and not right after another.
-- KEYS request, person    ARGV round, gapMs, field, value, …
-- Returns claimed | shown (it was sent before) | no
local request = redis.call('HMGET', KEYS[1], 'adRound', 'adMessageId')
if request[1] == ARGV[1] then return request[2] and 'shown' or 'no' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('HGET', KEYS[2], 'lastAdMs') or '')
if last and now - last < tonumber(ARGV[2]) then return 'no' end
redis.call('HDEL', KEYS[1], 'adMessageId')
redis.call('HSET', KEYS[1], 'adRound', ARGV[1], unpack(ARGV, 3))
redis.call('HSET', KEYS[2], 'lastAdMs', now)
return 'claimed'
