-- Takes out somebody who does not wait there: they would keep work alive that nobody wants.
-- KEYS waiters, request    ARGV ticket, key
-- Returns 1 when it did.
local request = redis.call('HMGET', KEYS[2], 'state', 'mediaKey', 'inspectKey')
if request[1] == 'producing' and request[2] == ARGV[2] then return 0 end
if request[1] == 'inspecting' and request[3] == ARGV[2] then return 0 end
return redis.call('SREM', KEYS[1], ARGV[1])
