-- A request comes to be, once per origin, and its link is kept in the same step.
-- KEYS request, active ('' for one that is over from the start), owed, link ('' for none), the request that tells of links
--   that were left out ('' for none), person ('' when nothing is to be looked at but the cap)
-- ARGV origin, ticket, ttlMs, link, most ('' for any number), request key prefix, links of the message from this one on,
--   what the person is told who may not use the bot ('' when they may; not_invited stands until they are invited), links a
--   minute, links a day (0 for any number), quietMs of that word, quietMs of a rate's word ('' for never a word), field,
--   value, …
-- Returns {made, fields of the request} (now, or by the same origin before) | {taken} (the code belongs to somebody else)
--   | {refused, code, told (1 | 0), links of the window, its start, ms}: 0 when they heard it a moment ago
local DAY_MS, MINUTE_MS = 86400000, 60000
local origin = redis.call('HGET', KEYS[1], 'origin')
local function made() return { 'made', redis.call('HGETALL', KEYS[1]) } end
if origin == ARGV[1] then return made() end
if origin then return { 'taken' } end
-- What was left out once stays out, whatever has ended since: that is what the person was told.
if KEYS[5] ~= '' then
  local note = redis.call('HMGET', KEYS[5], 'leftOut', 'failure')
  if tonumber(note[1] or '0') >= tonumber(ARGV[7]) then return { 'refused', note[2] or 'too_many', '1', '0', '0' } end
end
-- By the clock of Redis: those of the hosts may differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function refuse(code, quietMs, links, sinceMs)
  local last = redis.call('HMGET', KEYS[6], 'refusedFor', 'refusedBy', 'refusedAtMs')
  local silentMs = now - (tonumber(last[3] or '') or 0)
  local isQuiet = last[1] == code and last[2] ~= KEYS[5] and silentMs >= 0 and silentMs < (tonumber(quietMs) or 0)
  if quietMs == '' or isQuiet then return { 'refused', code, '0', tostring(links), tostring(sinceMs) } end
  redis.call('HSET', KEYS[6], 'refusedFor', code, 'refusedBy', KEYS[5], 'refusedAtMs', now)
  return { 'refused', code, '1', tostring(links), tostring(sinceMs) }
end
-- The links of the window that is open now, and its start; a window begins with its first link.
local function window(name, lengthMs)
  local known = redis.call('HMGET', KEYS[6], name .. 'SinceMs', name .. 'Links')
  local since, links = tonumber(known[1] or '') or 0, tonumber(known[2] or '') or 0
  if now >= since and now - since < lengthMs then return links, since end
  return 0, now
end
local function count(name, links, since)
  redis.call('HSET', KEYS[6], name .. 'SinceMs', since, name .. 'Links', links + 1)
end

local minuteLinks, minuteSince, dayLinks, daySince
if KEYS[6] ~= '' then
  local person = redis.call('HMGET', KEYS[6], 'isBlocked', 'invited')
  if person[1] == '1' then return refuse('blocked', ARGV[11], 0, 0) end
  if ARGV[8] ~= '' and not (ARGV[8] == 'not_invited' and person[2] == '1') then return refuse(ARGV[8], ARGV[11], 0, 0) end
end
if KEYS[2] ~= '' and isFull(KEYS[2], ARGV[6], ARGV[5]) then return { 'refused', 'too_many', '1', '0', '0' } end
if KEYS[6] ~= '' then
  minuteLinks, minuteSince = window('minute', MINUTE_MS)
  dayLinks, daySince = window('day', DAY_MS)
  local perMinute, perDay = tonumber(ARGV[9]), tonumber(ARGV[10])
  if perDay > 0 and dayLinks >= perDay then return refuse('too_many_today', ARGV[12], dayLinks, daySince) end
  if perMinute > 0 and minuteLinks >= perMinute then return refuse('too_often', ARGV[12], minuteLinks, minuteSince) end
  if perMinute > 0 then count('minute', minuteLinks, minuteSince) end
  if perDay > 0 then count('day', dayLinks, daySince) end
end
if KEYS[2] ~= '' then
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
redis.call('HSET', KEYS[1], 'origin', ARGV[1], 'ticket', ARGV[2], unpack(ARGV, 13))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[4] ~= '' then redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[3]) end
redis.call('ZADD', KEYS[3], now, ARGV[2])
return made()
