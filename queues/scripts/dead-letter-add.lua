-- A job has failed for good: once per failure.
-- KEYS letter, all letters, open letters    ARGV id, failed at ms, ttlMs, field, value, …
-- Returns 1 when it is new.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'open', unpack(ARGV, 4))
redis.call('PEXPIREAT', KEYS[1], tonumber(ARGV[2]) + tonumber(ARGV[3]))
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
return 1
