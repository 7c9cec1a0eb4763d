-- Ends what was joined, and takes everyone who waited, in one step. Run again, it gives the same people again
-- until `drained` says that their next jobs are safe.
-- KEYS shared, waiters, drain, inflight
-- ARGV generation, key, outcome (cached | ended), ttlMs (0 keeps it), request key prefix, from state, to state, field, value, …
local shared = redis.call('HMGET', KEYS[1], 'state', 'generation')
if shared[1] == 'inflight' and shared[2] == ARGV[1] then
  redis.call('DEL', KEYS[1])
  if ARGV[3] == 'cached' then
    redis.call('HSET', KEYS[1], 'state', 'cached', 'generation', ARGV[1], unpack(ARGV, 8))
    if ARGV[4] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
  end
  redis.call('ZREM', KEYS[4], ARGV[2])
  if redis.call('EXISTS', KEYS[2]) == 1 then
    redis.call('RENAME', KEYS[2], KEYS[3])
    redis.call('PEXPIRE', KEYS[3], 604800000)
  end
end
local tickets = redis.call('SMEMBERS', KEYS[3])
if ARGV[7] ~= '' then
  for _, ticket in ipairs(tickets) do
    local request = ARGV[5] .. ticket
    local waiter = redis.call('HMGET', request, 'state', 'generation')
    -- Who waits for another generation by now was not waiting for this one.
    if waiter[1] == ARGV[6] and waiter[2] == ARGV[1] then redis.call('HSET', request, 'state', ARGV[7]) end
  end
end
return tickets
