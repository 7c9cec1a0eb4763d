-- A delivery asks for its ticket. Where there is none, there will be none: the media comes by itself.
-- KEYS request    Returns {message, id} | {wait, ms} (it is being sent) | {none}
local request = redis.call('HMGET', KEYS[1], 'ticketMessageId', 'ticketGone', 'ticketUntilMs')
if request[2] == '1' then return { 'none' } end
if request[1] and request[1] ~= '' then return { 'message', request[1] } end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local untilMs = tonumber(request[3] or '') or 0
if untilMs > now then return { 'wait', tostring(untilMs - now) } end
-- Who was at it and did not come back is out.
redis.call('HSET', KEYS[1], 'ticketGone', '1')
redis.call('HINCRBY', KEYS[1], 'ticketFence', 1)
return { 'none' }
