-- Read before the scripts that let a person's request in: whether the person has `most` that are not over ('' for any
-- number of them).
local function isFull(active, requestPrefix, most)
  if most == '' or redis.call('SCARD', active) < tonumber(most) then return false end
  -- Some who are counted may have expired without an end.
  for _, ticket in ipairs(redis.call('SMEMBERS', active)) do
    if redis.call('EXISTS', requestPrefix .. ticket) == 0 then redis.call('SREM', active, ticket) end
  end
  return redis.call('SCARD', active) >= tonumber(most)
end
