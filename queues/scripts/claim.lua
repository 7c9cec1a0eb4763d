-- Read, with `direct-lease`, before the scripts in which a delivery asks for its ticket. Where there is none, there will be
-- none: the media comes by itself.
-- request    lease ms, most calls, id of who asks
-- Returns {message, id} | {busy} (it is being sent) | what `directLease` returns.
local function claim(key, leaseMs, most, by)
  local request = redis.call('HMGET', key, 'ticketMessageId', 'ticketGone', 'ticketUntilMs')
  if request[2] ~= '1' then
    if request[1] and request[1] ~= '' then return { 'message', request[1] } end
    local t = redis.call('TIME')
    local now = t[1] * 1000 + math.floor(t[2] / 1000)
    if (tonumber(request[3] or '') or 0) > now then return { 'busy' } end
    -- Who was at it and did not come back is out.
    redis.call('HSET', key, 'ticketGone', '1')
    redis.call('HINCRBY', key, 'ticketFence', 1)
  end
  return directLease(key, 'direct', leaseMs, most, by)
end
