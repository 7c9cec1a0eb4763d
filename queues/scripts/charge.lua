-- Read before `join`, after `free-limit`: what work costs the person who wants it, decided and counted in one step.
-- request, person: keys    free: without their own limit    test: see free-limit    above: nothing | ad | wait | stop
-- Returns {ok | stop | later, used before, allowed (0: no limit), until when, ms, since when they are above it, ms ('' when
--   another request has told of it), variant that they have met now, and when}
-- Which request has run into the limit stands in the request too: whoever takes it on finds there what is to be told.
local function charge(request, person, free, test, above, waitMs)
  local asked = redis.call('HMGET', request, 'charged', 'replayed', 'waitUntilMs', 'reachedAtMs', 'reachedUsed', 'reachedAllowed')
  local known = redis.call('HMGET', person, 'used', 'bonus', 'freeLimit', 'isPaid', 'reached')
  -- Once, however often it begins again.
  if asked[1] == '1' then return { 'ok', asked[5] or '0', asked[6] or '0', '0', asked[4] or '', '', '' } end
  -- What we had spoiled is on us.
  if asked[2] == '1' or known[4] == '1' then return { 'ok', '0', '0', '0', '', '', '' } end
  local used, bonus = tonumber(known[1] or '0'), tonumber(known[2] or '0')
  local allowed, variant, metAt = tonumber(known[3] or ''), '', ''
  if not allowed then allowed, variant, metAt = freeLimit(person, used - bonus, tonumber(free), test) end
  if allowed > 0 then allowed = allowed + bonus end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local isAbove, reachedAt = allowed > 0 and used >= allowed, ''
  local function answer(how, untilMs)
    return { how, tostring(used), tostring(allowed), tostring(untilMs), reachedAt, variant, metAt }
  end
  if isAbove then
    if allowed > tonumber(known[5] or '0') then
      redis.call('HSET', person, 'reached', allowed)
      redis.call('HSET', request, 'reachedAtMs', now, 'reachedUsed', used, 'reachedAllowed', allowed)
      reachedAt = tostring(now)
    elseif asked[6] == tostring(allowed) then
      reachedAt = asked[4]
    end
    if above == 'stop' then return answer('stop', 0) end
    if above == 'wait' then
      local untilMs = tonumber(asked[3] or '') or now + tonumber(waitMs)
      if not asked[3] then redis.call('HSET', request, 'waitUntilMs', untilMs) end
      if untilMs > now then return answer('later', untilMs) end
    end
  end
  redis.call('HINCRBY', person, 'used', 1)
  redis.call('HSET', request, 'charged', '1', 'above', isAbove and above == 'ad' and '1' or '0')
  return answer('ok', 0)
end
