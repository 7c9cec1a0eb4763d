-- A request comes to be, once per origin.
-- KEYS request, active, owed      ARGV origin, ticket, ttlMs, field, value, …
-- Returns created | known (the same origin again) | taken (the code belongs to somebody else)
local origin = redis.call('HGET', KEYS[1], 'origin')
if origin then return origin == ARGV[1] and 'known' or 'taken' end
redis.call('HSET', KEYS[1], 'origin', ARGV[1], 'ticket', ARGV[2], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
-- By the clock of Redis: those of the hosts may differ.
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[2])
return 'created'
