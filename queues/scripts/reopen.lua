-- A new round of a request that failed or was cancelled. KEYS request, active, owed    ARGV ticket
-- Returns 1 when there is a new round.
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'failed' and state ~= 'cancelled' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'asked', 'failure', '')
redis.call('HDEL', KEYS[1], 'generation', 'direct', 'directMessageId', 'directUntilMs', 'directCalls', 'ticketCalls')
-- Fences never go back: who held a lease in an old round is out.
redis.call('HINCRBY', KEYS[1], 'directFence', 1)
redis.call('HINCRBY', KEYS[1], 'round', 1)
redis.call('HINCRBY', KEYS[1], 'view', 1)
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], 604800000)
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
return 1
