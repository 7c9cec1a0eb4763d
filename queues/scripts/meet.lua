-- A person's variant of a test: the one that they have met, else the one that they meet now, which is kept.
-- KEYS person    ARGV field, field that says since when its event is still to come, assigned variant ('' for none), the
--   variants that there are, …
-- Returns {variant or '', when they met it, ms, while its event is still to come ('' else)}
local kept = redis.call('HGET', KEYS[1], ARGV[1])
for i = 4, #ARGV do
  if kept == ARGV[i] then return { kept, redis.call('HGET', KEYS[1], ARGV[2]) or '' } end
end
if ARGV[3] == '' then return { '', '' } end
local time = redis.call('TIME')
local metAt = tostring(time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3], ARGV[2], metAt)
return { ARGV[3], metAt }
