-- Renews the lock of a run, as BullMQ's extendLock does, and takes it again when it has passed and nobody holds another:
-- Redis was away, or the process stood still.
-- KEYS: the lock; of the queue: the active list, the stalled set. ARGV: the run's token, ms, the job's id.
-- Returns 1 when the run has its lock, 0 when it was overtaken.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
-- Back in line, it is for whoever takes it next.
if not holder and not redis.call('LPOS', KEYS[2], ARGV[3]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SREM', KEYS[3], ARGV[3])
return 1
