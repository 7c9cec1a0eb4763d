-- The places of one person in one stage, each under a lease by the clock of Redis: who dies in one gives it back.
-- KEYS places (sorted set: job, end of its lease in ms)    ARGV job, places ('' for a job that runs already), lease ms
-- Returns 1 when the job has a place, 0 when all are taken.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local isNew = ARGV[2] ~= '' and not redis.call('ZSCORE', KEYS[1], ARGV[1])
if isNew and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
