-- A person's variant of a test: the one that they have met, else the one that they meet now, which is kept.
-- KEYS person    ARGV field, field that says that its event is still to come, assigned variant ('' for none), the variants
--   that there are, …
-- Returns {variant or '', '1' while its event is still to come}
local kept = redis.call('HGET', KEYS[1], ARGV[1])
for i = 4, #ARGV do
  if kept == ARGV[i] then return { kept, redis.call('HGET', KEYS[1], ARGV[2]) or '' } end
end
if ARGV[3] == '' then return { '', '' } end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3], ARGV[2], '1')
return { ARGV[3], '1' }
