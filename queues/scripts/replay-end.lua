-- Puts a letter away, or back.
-- KEYS letter, open letters    ARGV id, from state, to state, who ('' leaves it), outcome (JSON, '' for none)
-- Returns 1 when it was in `from`.
if redis.call('HGET', KEYS[1], 'state') ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'changedAtMs', time[1] * 1000 + math.floor(time[2] / 1000), 'outcome', ARGV[5])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'changedBy', ARGV[4]) end
if ARGV[3] == 'open' then redis.call('ZADD', KEYS[2], redis.call('HGET', KEYS[1], 'failedAtMs'), ARGV[1])
else redis.call('ZREM', KEYS[2], ARGV[1]) end
return 1
