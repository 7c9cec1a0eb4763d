-- Replays work that many wait for: everyone who was told, and has not gone another way since, waits again, in the same
-- step that decides for what, so that there is no gap to fall through.
-- KEYS 4 told, 5 drain, 6 shared, 7 waiters, 8 inflight, 9 generation counter
-- ARGV 4 key, 5 generation that failed, 6 its starter, 7 waiting state, 8 field for the key in the request,
--      9 '1' when there is a file to be had, 10 ttlMs of waiters
-- Returns {held, state} | {ending} (they are being told right now) | {nobody} | {sent, '0', '', '1', people}
--   | {joined | started, generation, starter, confirmed, people}; a person is 'ticket round state'.
local state = held()
if state then return { 'held', state } end
local shared = redis.call('HMGET', KEYS[6], 'state', 'generation', 'starter', 'confirmed')
local isInflight = shared[1] == 'inflight'
local begun = redis.call('HGET', KEYS[1], 'generation')
if begun and isInflight and begun == shared[2] then
  -- A replay that died between this step and the flow.
  take()
  local people = {}
  for _, ticket in ipairs(redis.call('SMEMBERS', KEYS[7])) do people[#people + 1] = ticket .. ' 0 ' .. ARGV[7] end
  return { 'started', shared[2], shared[3], shared[4] or '0', people }
end
if isInflight and shared[2] == ARGV[5] or redis.call('EXISTS', KEYS[5]) == 1 then return { 'ending' } end

local wanting, starter = {}, nil
for _, ticket in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  local request = redis.call('HMGET', ARGV[3] .. ':request:' .. ticket, 'state', 'generation', 'botId')
  -- Who asked anew, or cancelled, is not meant.
  if request[1] == 'failed' and request[2] == ARGV[5] then
    local file = ARGV[3] .. ':file:' .. request[3] .. ':' .. ARGV[4]
    local isThere = ARGV[9] == '1' and (shared[1] == 'cached' or redis.call('EXISTS', file) == 1)
    wanting[#wanting + 1] = { ticket, isThere }
    if not isThere and (not starter or ticket == ARGV[6]) then starter = ticket end
  end
end
if #wanting == 0 then
  take()
  return { 'nobody' }
end

local how, generation, confirmed = 'sent', '0', '1'
if starter and isInflight then
  how, generation, starter, confirmed = 'joined', shared[2], shared[3], shared[4] or '0'
  take()
elseif starter then
  how, generation, confirmed = 'started', nextGeneration(KEYS[9]), '0'
  redis.call('DEL', KEYS[6])
  redis.call('HSET', KEYS[6], 'state', 'inflight', 'generation', generation, 'starter', starter, 'confirmed', '0')
  redis.call('ZADD', KEYS[8], nowMs, ARGV[4])
  take('generation', generation)
else
  take()
end
local people = {}
for _, person in ipairs(wanting) do
  if person[2] then
    redis.call('HDEL', ARGV[3] .. ':request:' .. person[1], 'generation')
    people[#people + 1] = reopen(person[1], 'delivering', ARGV[8], ARGV[4])
  else
    redis.call('SADD', KEYS[7], person[1])
    people[#people + 1] = reopen(person[1], ARGV[7], ARGV[8], ARGV[4], 'generation', generation)
  end
end
if starter then redis.call('PEXPIRE', KEYS[7], ARGV[10]) end
return { how, generation, starter or '', confirmed, people }
