-- Who may put the first message of a request into the chat: the one that sends the ticket, or the delivery itself.
-- KEYS request    ARGV ticket | delivery, now ms, lease ms
-- Returns {message, id} | {gone} | {wait} | {go}
local request = redis.call('HMGET', KEYS[1], 'ticketMessageId', 'ticketGone', 'ticketClaimedUntilMs')
if request[2] == '1' then return { 'gone' } end
if request[1] and request[1] ~= '' then return { 'message', request[1] } end
if request[3] and tonumber(request[3]) > tonumber(ARGV[2]) then return { 'wait' } end
if ARGV[1] == 'delivery' then
  redis.call('HSET', KEYS[1], 'ticketGone', '1')
else
  redis.call('HSET', KEYS[1], 'ticketClaimedUntilMs', tonumber(ARGV[2]) + tonumber(ARGV[3]))
end
return { 'go' }
