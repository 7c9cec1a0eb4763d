-- Takes away work that is not going on, unless it is another generation by now.
-- KEYS shared, waiters, inflight    ARGV key, generation ('' when there is no record), only when nobody waits (1 | 0)
-- Returns 1 when it did; who waits is found waiting for nothing, and starts anew.
local shared = redis.call('HMGET', KEYS[1], 'state', 'generation')
if shared[1] ~= 'inflight' then return redis.call('ZREM', KEYS[3], ARGV[1]) end
if shared[2] ~= ARGV[2] then return 0 end
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
