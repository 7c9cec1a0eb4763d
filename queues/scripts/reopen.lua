-- A new round of a request that failed or was cancelled.
-- KEYS request, active, owed    ARGV ticket, most ('' for any number), request key prefix
-- Returns 1 when there is a new round, 2 when the person has too many that are not over (is-full.lua).
local request = redis.call('HMGET', KEYS[1], 'state', 'leftOut')
local state = request[1]
-- What stands for links that were left out has nothing to begin again.
if state ~= 'failed' and state ~= 'cancelled' or request[2] then return 0 end
local now = redis.call('TIME')
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
redis.call('HINCRBY', KEYS[1], 'view', 1)
if isFull(KEYS[2], ARGV[3], ARGV[2]) then
  redis.call('HSET', KEYS[1], 'state', 'failed', 'failure', 'too_many')
  return 2
end
redis.call('HSET', KEYS[1], 'state', 'asked', 'failure', '')
redis.call('HDEL', KEYS[1], 'generation', 'direct', 'directMessageId', 'directUntilMs', 'directCalls', 'ticketCalls', 'replayed', 'sendsAgain')
-- Fences never go back: who held a lease in an old round is out.
redis.call('HINCRBY', KEYS[1], 'directFence', 1)
redis.call('HINCRBY', KEYS[1], 'round', 1)
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], 604800000)
return 1
