-- A pressed format is taken once. KEYS request, owed    ARGV format, ticket
-- Returns 1 for the press that counts, also when its job runs again; 0 for one that came too late.
local request = redis.call('HMGET', KEYS[1], 'state', 'format')
if request[1] == 'choosing' then
  redis.call('HSET', KEYS[1], 'state', 'asked', 'format', ARGV[1], 'byPreference', '0')
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[2])
  return 1
end
if request[2] ~= ARGV[1] then return 0 end
return 1
