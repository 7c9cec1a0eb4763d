-- Read before the scripts that give the lease of a message that must not come twice: the media of a request that has no
-- ticket, or its ticket. It ends by itself, on the clock of Redis; the fence tells the holders apart.
-- request    direct | ticket, lease ms, most calls, id of who asks (again, it is given the same), '1' for a ticket though the
--   person deleted the last one
-- Returns {sent, message id} | {gone} (no ticket any more) | {wait, ms} | {spent}
--   | {go, fence, earlier calls whose end nobody knows}
local function directLease(key, what, leaseMs, most, by, again)
  local t = redis.call('TIME')
  local now = t[1] * 1000 + math.floor(t[2] / 1000)
  local request = redis.call(
    'HMGET', key, 'direct', 'ticketGone', 'ticketMessageId', what .. 'UntilMs', what .. 'Calls', what .. 'By', what .. 'Fence'
  )
  if what == 'direct' then
    if request[1] == 'ok' then return { 'sent', '' } end
  elseif request[2] == '1' then
    if again ~= '1' then return { 'gone' } end
  elseif request[3] and request[3] ~= '' then
    return { 'sent', request[3] }
  end
  local untilMs = tonumber(request[4] or '') or 0
  local calls = tonumber(request[5] or '') or 0
  -- The client repeats what it has no answer to.
  if untilMs > now and request[6] == by then return { 'go', request[7], tostring(calls - 1) } end
  if untilMs > now then return { 'wait', tostring(untilMs - now) } end
  if calls >= tonumber(most) then return { 'spent' } end
  redis.call('HSET', key, what .. 'UntilMs', now + tonumber(leaseMs), what .. 'Calls', calls + 1, what .. 'By', by)
  return { 'go', tostring(redis.call('HINCRBY', key, what .. 'Fence', 1)), tostring(calls) }
end
