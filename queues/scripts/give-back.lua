-- Read before the scripts by which a request ends: what did not come costs nothing.
local function giveBack(request, person)
  if redis.call('HGET', request, 'charged') ~= '1' then return end
  redis.call('HDEL', request, 'charged', 'above')
  if tonumber(redis.call('HGET', person, 'used') or '0') > 0 then redis.call('HINCRBY', person, 'used', -1) end
end
