-- A person does something of their own accord. Again, with the same origin, it says the same and changes nothing.
-- KEYS person    ARGV origin (of the action), when, ms ('' for now), gapMs (a longer one begins a session), language
-- Returns {new (1 | 0), ordinal of the session that it begins ('' for none), when, first seen, seen last before this
--   session ('' for never), blocked (1 | 0), invited (1 | 0), first source ('' until it is known)}; times in ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A clock that is ahead must not silence the sessions of days.
local at = math.min(tonumber(ARGV[2]) or now, now)
local known = redis.call('HMGET', KEYS[1], 'firstSeenMs', 'lastSeenMs', 'firstBy', 'sessionBy', 'sessionSinceMs')
local isNew = not known[1]
local lastMs = tonumber(known[2] or '') or nil
if isNew then redis.call('HSET', KEYS[1], 'firstSeenMs', at, 'firstBy', ARGV[1]) end
if isNew or not lastMs or at - lastMs > tonumber(ARGV[3]) then
  redis.call('HINCRBY', KEYS[1], 'sessions', 1)
  redis.call('HSET', KEYS[1], 'sessionBy', ARGV[1], 'sessionSinceMs', lastMs or '', 'sessionAtMs', at)
  known[4], known[5] = ARGV[1], lastMs and tostring(lastMs) or ''
end
-- What comes late takes nothing back.
if not lastMs or at > lastMs then redis.call('HSET', KEYS[1], 'lastSeenMs', at, 'language', ARGV[4]) end
local begins = known[4] == ARGV[1]
local person = redis.call('HMGET', KEYS[1], 'sessions', 'firstSeenMs', 'isBlocked', 'invited', 'source', 'firstBy', 'sessionAtMs')
return {
  person[6] == ARGV[1] and '1' or '0',
  begins and person[1] or '',
  begins and person[7] or tostring(at),
  person[2],
  begins and known[5] or '',
  person[3] == '1' and '1' or '0',
  person[4] == '1' and '1' or '0',
  person[5] or '',
}
