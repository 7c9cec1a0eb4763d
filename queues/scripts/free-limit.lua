-- Read before the scripts that count free downloads: how many a person has. The variants of a test differ from the lowest
-- of their numbers on: who has used so many meets theirs.
-- person: key    used: so far    free: without a test    test: what runs, as JSON ('' for nothing; `people/experiments.ts`)
-- Returns the number, and the variant, with the time when they met it, ms, while the event of that is still to come ('' else).
local function freeLimit(person, used, free, test)
  if test == '' then return free, '', '' end
  local running = cjson.decode(test)
  local met = redis.call('HMGET', person, running.field, running.unsaid)
  if met[1] and running.free[met[1]] then return running.free[met[1]], met[2] and met[1] or '', met[2] or '' end
  local assigned = running.assigned
  if not assigned then return free, '', '' end
  if used < running.least then return running.free[assigned], '', '' end
  local time = redis.call('TIME')
  local metAt = tostring(time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('HSET', person, running.field, assigned, running.unsaid, metAt)
  return running.free[assigned], assigned, metAt
end
