-- The number of the next generation, which was never used before. Not lower than the clock, in ms: a Redis that has lost
-- its last second to a power cut must not hand out a number again under which somebody is still at work.
local function nextGeneration(counter)
  local time = redis.call('TIME')
  local last = tonumber(redis.call('GET', counter) or '0')
  local generation = math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('SET', counter, generation)
  return tostring(generation)
end
