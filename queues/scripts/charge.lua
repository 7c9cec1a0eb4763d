-- Read before `join`, after `free-limit`: what work costs the person who wants it, decided and counted in one step.
-- request, person: keys    free: without their own limit    test: see free-limit    above: nothing | ad | wait | stop
-- Returns {ok | stop | later, used before, allowed (0: no limit), until when, ms, since when they are above it, ms ('' when
--   another request has told of it), variant that they have met now}
local function charge(request, ticket, person, free, test, above, waitMs)
  local asked = redis.call('HMGET', request, 'charged', 'replayed', 'waitUntilMs')
  local known = redis.call('HMGET', person, 'used', 'bonus', 'freeLimit', 'isPaid', 'reached', 'reachedBy', 'reachedAtMs')
  -- Once, however often it begins again.
  if asked[1] == '1' and known[6] == ticket then return { 'ok', known[1] or '0', known[5], '0', known[7], '' } end
  -- What we had spoiled is on us.
  if asked[1] == '1' or asked[2] == '1' or known[4] == '1' then return { 'ok', '0', '0', '0', '', '' } end
  local used, bonus = tonumber(known[1] or '0'), tonumber(known[2] or '0')
  local allowed, variant = tonumber(known[3] or ''), ''
  if not allowed then allowed, variant = freeLimit(person, used - bonus, tonumber(free), test) end
  if allowed > 0 then allowed = allowed + bonus end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local isAbove, reachedAt = allowed > 0 and used >= allowed, ''
  local function answer(how, untilMs)
    return { how, tostring(used), tostring(allowed), tostring(untilMs), reachedAt, variant }
  end
  if isAbove then
    if allowed > tonumber(known[5] or '0') then
      redis.call('HSET', person, 'reached', allowed, 'reachedBy', ticket, 'reachedAtMs', now)
      reachedAt = tostring(now)
    elseif known[6] == ticket and known[5] == tostring(allowed) then
      reachedAt = known[7]
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
