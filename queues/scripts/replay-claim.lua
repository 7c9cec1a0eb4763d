-- Stands before every script of a replay.
-- KEYS 1 letter, 2 open letters, 3 owed    ARGV 1 id, 2 who, 3 key prefix
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local WEEK_MS, TAKEN_UP_AGAIN_MS = 604800000, 60000

-- What keeps others from the letter: its state, or nil. One whose replay began and never ended may be taken up again.
local function held()
  local letter = redis.call('HMGET', KEYS[1], 'state', 'changedAtMs')
  if letter[1] == 'open' then return nil end
  if letter[1] == 'replaying' and tonumber(letter[2]) < nowMs - TAKEN_UP_AGAIN_MS then return nil end
  return letter[1] or 'unknown'
end

local function take(...)
  redis.call('HSET', KEYS[1], 'state', 'replaying', 'changedAtMs', nowMs, 'changedBy', ARGV[2], ...)
  redis.call('ZREM', KEYS[2], ARGV[1])
end

-- A person's next round, in a state of work. `replayed`: they are told when it comes through.
local function reopen(ticket, state, ...)
  local request = ARGV[3] .. ':request:' .. ticket
  -- As reopen.lua does it.
  redis.call('HDEL', request, 'direct', 'directMessageId', 'directUntilMs', 'directCalls', 'ticketCalls', 'sendsAgain')
  redis.call('HINCRBY', request, 'directFence', 1)
  redis.call('HSET', request, 'state', state, 'failure', '', 'replayed', '1', ...)
  local round = redis.call('HINCRBY', request, 'round', 1)
  redis.call('HINCRBY', request, 'view', 1)
  redis.call('PEXPIRE', request, WEEK_MS)
  local person = redis.call('HMGET', request, 'botId', 'userId')
  local active = ARGV[3] .. ':active:' .. person[1] .. '.' .. person[2]
  redis.call('SADD', active, ticket)
  redis.call('PEXPIRE', active, WEEK_MS)
  redis.call('ZADD', KEYS[3], nowMs, ticket)
  return ticket .. ' ' .. round .. ' ' .. state
end
