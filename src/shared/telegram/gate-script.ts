import { BOT, GROUP, LATE_MS, PRIVATE_CHAT } from './gate-limits.ts'

/** A call without a chat gets a chat of its own, which begins with this: only the bot's limit concerns it. */
export const NO_CHAT = 'none:'

/** Groups have negative ids. */
const LIMIT_OF = `
local function limitOf(chat)
  if string.find(chat, '^%d') or string.find(chat, '^${NO_CHAT}') then
    return ${PRIVATE_CHAT.spacingMs}, ${PRIVATE_CHAT.burst}
  end
  return ${GROUP.spacingMs}, ${GROUP.burst}
end
`

/**
 * The gate, atomic and on the clock of Redis. Every message to Telegram has a slot in a calendar. No window of the
 * calendar, those that reach ahead included, ever has more slots than BOT allows, whoever sends.
 *
 * `take(gate, chat, id of the call, ms for which the caller can still wait, "1" for a delivery, which may reserve a slot
 * ahead)` returns { 1, 0 } go now; { 0, ms } ask again after so long; { -1, ms } that is too long, nothing is reserved.
 * Keys of a gate: calendar (sorted set: call -> its slot, ms), pause (of the whole bot, until, ms), chat:<chat> (its TAT,
 * ms), chat:<chat>:pause (until, ms).
 *
 * A calendar instead of one more TAT: a call that waits for its chat must not hold up the calls for other chats,
 * and calls that wait for their chats must not all use the same moment.
 */
export const TAKE_FUNCTION = `${LIMIT_OF}
local function take(gate, chat, id, patienceMs, delivery)
  local t = redis.call('TIME')
  local now = t[1] * 1000 + math.floor(t[2] / 1000)
  local calendar, tatKey, patience, isDelivery = gate .. ':calendar', gate .. ':chat:' .. chat, tonumber(patienceMs), delivery == '1'
  local chatSpacing, burst = limitOf(chat)
  local chatPause = tonumber(redis.call('GET', tatKey .. ':pause') or '0')
  local pause = math.max(tonumber(redis.call('GET', gate .. ':pause') or '0'), chatPause)

  local mine = tonumber(redis.call('ZSCORE', calendar, id) or '')
  if mine and pause <= now then
    if now < mine then return { 0, mine - now } end
    if now - mine <= ${LATE_MS} then return { 1, 0 } end
  end
  -- A slot that came too late (a stalled process, a pause) is given back: late calls must not bunch up.
  if mine then redis.call('ZREM', calendar, id) end
  -- The pause of a chat has put its TAT after all that was promised before: who had a slot lines up like a new one.
  if chatPause > now then mine = nil end

  local tat = tonumber(redis.call('GET', tatKey) or '0')
  local slot = math.max(now, pause)
  if not mine then slot = math.max(slot, tat - (burst - 1) * chatSpacing) end

  redis.call('ZREMRANGEBYSCORE', calendar, '-inf', now - 2000)
  local taken = {}
  for i, score in ipairs(redis.call('ZRANGE', calendar, 0, -1, 'WITHSCORES')) do
    if i % 2 == 0 then taken[i / 2] = tonumber(score) end
  end
  local window, places = ${BOT.windowMs}, isDelivery and ${BOT.places} or ${BOT.placesOfTexts}
  local spacing = #taken < ${BOT.unspaced} and 0 or ${BOT.spacingMs}
  -- The first moment that is far enough from every slot, and in no window that is full; each step leads past one of them.
  local from
  repeat
    from = slot
    for i, first in ipairs(taken) do
      if math.abs(slot - first) < spacing then slot = first + spacing end
      local last = taken[i + places - 1]
      if last and math.max(last, slot) - math.min(first, slot) < window then slot = first + window end
    end
  until slot == from

  if slot > now and slot - now > patience then return { -1, slot - now } end
  if slot > now and not isDelivery then return { 0, slot - now } end
  redis.call('ZADD', calendar, slot, id)
  redis.call('PEXPIRE', calendar, slot - now + 5000)
  if mine then tat = math.max(tat, slot + chatSpacing) else tat = math.max(tat, slot) + chatSpacing end
  redis.call('SET', tatKey, tat, 'PX', tat - now + 5000)
  if slot > now then return { 0, slot - now } end
  return { 1, 0 }
end
`

/** ARGV as `take`. */
export const TAKE = `${TAKE_FUNCTION}return take(unpack(ARGV))`

/**
 * Telegram said 429. It never says what is full, the chat or the bot; the rule: it is the chat, unless three
 * different chats were refused within ten seconds. Three, not two: to pause one chat too few costs one more refusal,
 * to pause the bot for one chat's sake makes everybody wait.
 *
 * ARGV  1 gate   2 chat   3 retry after, ms. Its keys are those of `take`, and refused (sorted set: chat -> when).
 * Returns 1 when the whole bot is paused, else 0.
 */
export const PENALIZE = `${LIMIT_OF}
local gate, chat, wait = ARGV[1], ARGV[2], tonumber(ARGV[3])
local refused, botPause, tatKey = gate .. ':refused', gate .. ':pause', gate .. ':chat:' .. chat
local spacing, burst = limitOf(chat)
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', refused, now, chat)
redis.call('ZREMRANGEBYSCORE', refused, '-inf', now - 10000)
redis.call('PEXPIRE', refused, 15000)
local tat = math.max(tonumber(redis.call('GET', tatKey) or '0'), now + wait + (burst - 1) * spacing)
redis.call('SET', tatKey, tat, 'PX', tat - now + 5000)
-- A slot that was promised before the refusal must not be used: the TAT alone does not take it back.
local chatPause = math.max(tonumber(redis.call('GET', tatKey .. ':pause') or '0'), now + wait)
redis.call('SET', tatKey .. ':pause', chatPause, 'PX', chatPause - now + 1)
if redis.call('ZCARD', refused) < 3 then return 0 end
local pause = math.max(tonumber(redis.call('GET', botPause) or '0'), now + wait)
redis.call('SET', botPause, pause, 'PX', pause - now + 1)
return 1
`
