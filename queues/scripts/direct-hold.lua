-- Whether a lease is still its holder's, and the message still wanted; if so, it lasts anew.
-- KEYS request    ARGV direct | ticket, fence, lease ms    Returns 1 or 0.
local what = ARGV[1]
local request = redis.call('HMGET', KEYS[1], what .. 'Fence', what .. 'UntilMs', 'direct', 'state')
if request[1] ~= ARGV[2] or not request[2] then return 0 end
if what == 'direct' and (request[3] == 'ok' or request[4] ~= 'delivering') then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('HSET', KEYS[1], what .. 'UntilMs', now + tonumber(ARGV[3]))
return 1
