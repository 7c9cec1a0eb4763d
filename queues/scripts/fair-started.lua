-- A job began: the clock moves to its virtual start, so that newcomers line up beside it and not before it.
-- KEYS clock    ARGV priority
local start = tonumber(ARGV[1]) - 1
if start > tonumber(redis.call('HGET', KEYS[1], 'now') or '0') then redis.call('HSET', KEYS[1], 'now', start) end
return 0
