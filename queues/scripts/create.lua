-- A request comes to be, once per origin, and its link is kept in the same step.
-- KEYS request, active ('' for one that is over from the start), owed, link ('' for none)
-- ARGV origin, ticket, ttlMs, link, most ('' for any number), request key prefix, field, value, …
-- Returns created | known (the same origin again) | taken (the code belongs to somebody else) | full (is-full.lua)
local origin = redis.call('HGET', KEYS[1], 'origin')
if origin then return origin == ARGV[1] and 'known' or 'taken' end
if KEYS[2] ~= '' then
  if isFull(KEYS[2], ARGV[6], ARGV[5]) then return 'full' end
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
redis.call('HSET', KEYS[1], 'origin', ARGV[1], 'ticket', ARGV[2], unpack(ARGV, 7))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[4] ~= '' then redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[3]) end
-- By the clock of Redis: those of the hosts may differ.
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[2])
return 'created'
