-- Read before the scripts that count free downloads: how many a person has. The variants of a test differ from the lowest
-- of their numbers on: who has used so many meets theirs.
-- person: key    used: so far    free: without a test    test: what runs, as JSON ('' for nothing; `people/experiments.ts`)
-- Returns the number, and the variant while the event of meeting it is still to come ('' else).
local function freeLimit(person, used, free, test)
  if test == '' then return free, '' end
  local running = cjson.decode(test)
  local met = redis.call('HMGET', person, running.field, running.unsaid)
  if met[1] and running.free[met[1]] then return running.free[met[1]], met[2] and met[1] or '' end
  local assigned = running.assigned
  if not assigned then return free, '' end
  if used < running.least then return running.free[assigned], '' end
  redis.call('HSET', person, running.field, assigned, running.unsaid, '1')
  return running.free[assigned], assigned
end
