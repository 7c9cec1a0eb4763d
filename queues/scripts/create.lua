-- A request comes to be, once per origin, and its link is kept in the same step.
-- KEYS request, active ('' for one that is over from the start), owed, link ('' for none), the request that tells of links
--   that were left out ('' for none)
-- ARGV origin, ticket, ttlMs, link, most ('' for any number), request key prefix, links of the message from this one on, field,
--   value, …
-- Returns created | known (the same origin again) | taken (the code belongs to somebody else) | full (is-full.lua)
local origin = redis.call('HGET', KEYS[1], 'origin')
if origin then return origin == ARGV[1] and 'known' or 'taken' end
-- What was left out once stays out, whatever has ended since: that is what the person was told.
if KEYS[5] ~= '' and tonumber(redis.call('HGET', KEYS[5], 'leftOut') or '0') >= tonumber(ARGV[7]) then return 'full' end
if KEYS[2] ~= '' then
  if isFull(KEYS[2], ARGV[6], ARGV[5]) then return 'full' end
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
redis.call('HSET', KEYS[1], 'origin', ARGV[1], 'ticket', ARGV[2], unpack(ARGV, 8))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[4] ~= '' then redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[3]) end
-- By the clock of Redis: those of the hosts may differ.
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[2])
return 'created'
