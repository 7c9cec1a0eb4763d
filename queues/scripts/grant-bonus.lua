-- Somebody who was brought has had a first file: who brought them gets the bonus, once, when it is time.
-- KEYS person    ARGV key prefix of people of the bot
-- Returns {referrer, amount, the update that brought them} until its event is on its way (`bonusSaid` of `people/referrals.ts`),
--   {ms until it is time} before, else {}
local person = redis.call('HMGET', KEYS[1], 'referrerId', 'bonusDue', 'bonusUnsaid', 'startedBy', 'bonusFromMs')
if person[2] and person[1] then
  local waitMs = tonumber(person[5] or '0') - redis.call('TIME')[1] * 1000
  if waitMs > 0 then return { waitMs } end
  redis.call('HDEL', KEYS[1], 'bonusDue', 'bonusFromMs')
  local by = ARGV[1] .. person[1]
  -- Who had everything deleted gets nothing.
  if redis.call('EXISTS', by) == 0 then return {} end
  redis.call('HINCRBY', by, 'bonus', person[2])
  redis.call('HINCRBY', by, 'counted', 1)
  redis.call('HSET', KEYS[1], 'bonusUnsaid', person[2])
  return { person[1], person[2], person[4] or '' }
end
if person[3] then return { person[1], person[3], person[4] or '' } end
return {}
