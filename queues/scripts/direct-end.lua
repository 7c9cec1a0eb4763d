-- The end of a call under a lease. That a message was sent counts whoever holds the lease by now: it stops copies.
-- KEYS request    ARGV direct | ticket, fence, sent | unsent | unknown, message id, media key
-- Returns 1, or 0 when it concerns nobody any more: a ticket that was overtaken has no place in the chat.
local what, outcome = ARGV[1], ARGV[3]
local request = redis.call('HMGET', KEYS[1], what .. 'Fence', what .. 'UntilMs', 'mediaKey', 'ticketMessageId')
-- Somebody may have asked for another format since.
if what == 'direct' and outcome == 'sent' and request[3] == ARGV[5] then
  redis.call('HSET', KEYS[1], 'direct', 'ok', 'directMessageId', ARGV[4])
  return 1
end
-- This very call, sent to Redis twice.
if what == 'ticket' and outcome == 'sent' and request[4] == ARGV[4] then return 1 end
if request[1] ~= ARGV[2] or not request[2] then return 0 end
redis.call('HDEL', KEYS[1], what .. 'UntilMs')
if outcome == 'unsent' then redis.call('HINCRBY', KEYS[1], what .. 'Calls', -1) end
if what == 'ticket' and outcome == 'sent' then
  -- When it came stands there at once: whoever has something newer to show waits as after any edit.
  local now = redis.call('TIME')
  local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
  redis.call('HSET', KEYS[1], 'ticketMessageId', ARGV[4], 'ticketGone', '0', 'editedAtMs', nowMs)
  redis.call('HDEL', KEYS[1], 'ticketCalls')
end
return 1
