-- Read after the functions `claim` and `take`: all that a delivery must know. When Telegram has the file, it asks for its
-- ticket in the same step, and for its slot at the gate when there is a call to make. KEYS request
-- ARGV key prefix, key prefix of files of bots, key prefix of what is shared, files after which the survey comes (0: none),
--   gapMs between two surveys, round, lease ms, most calls, gate, id of the call, ms for which it can wait
-- Returns {fields of the request, what Telegram knows of its file, fields of what is shared under its media key,
--   '1' when something follows the file (`aftercare`), what `claim` returns, or nothing, what `take` returns, or nothing}.
local request = redis.call('HGETALL', KEYS[1])
local ids =
  redis.call('HMGET', KEYS[1], 'botId', 'mediaKey', 'userId', 'above', 'chatType', 'state', 'round', 'direct', 'chatId')
if not ids[1] or not ids[2] then return { request, '', {}, '0', {}, {} } end
local file = redis.call('GET', ARGV[2] .. ids[1] .. ':' .. ids[2])
local function isFollowed()
  if ids[4] == '1' then return true end
  local key = ARGV[1] .. ':person:' .. ids[1] .. '.' .. ids[3]
  local person = redis.call('HMGET', key, 'bonusDue', 'bonusUnsaid', 'lastSurveyMs', 'reached', 'delivered')
  if person[1] or person[2] then return true end
  if ARGV[4] == '0' or ids[5] ~= 'private' then return false end
  -- This one is not counted yet. Of several at once none may be the one: then it is the next.
  if not person[4] and tonumber(person[5] or '0') + 1 < tonumber(ARGV[4]) then return false end
  return not person[3] or redis.call('TIME')[1] * 1000 - tonumber(person[3]) >= tonumber(ARGV[5])
end
local isDue = ids[6] == 'delivering' and ids[7] == ARGV[6] and ids[8] ~= 'ok'
local claimed = file and isDue and claim(KEYS[1], ARGV[7], ARGV[8], ARGV[10]) or {}
local slot = {}
-- Not where it is doubtful what became of the call before: Telegram is asked something else first.
if claimed[1] == 'message' or claimed[1] == 'go' and claimed[3] == '0' then
  slot = take(ARGV[9], ids[9], ARGV[10], ARGV[11], '1')
end
return { request, file or '', redis.call('HGETALL', ARGV[3] .. ids[2]), isFollowed() and '1' or '0', claimed, slot }
