-- A person has pressed Start. The first time says where they come from, for ever; again, it changes nothing of that.
-- KEYS person, whose the code of the link is ('' for no code)
-- ARGV origin of the update, user id, source (organic | referral | campaign), campaign, key prefix of people of the bot,
--   today, most people a day who bring a bonus, bonus, ms from now on before which it is not given
-- Returns {source, campaign, referrer or '', '1' for the first time (and for the same update again)}
local MOST_STEPS = 1000
local origin, user, people, today = ARGV[1], ARGV[2], ARGV[5], ARGV[6]
local person = redis.call('HMGET', KEYS[1], 'startedBy', 'source', 'campaign', 'referrerId', 'delivered', 'came')
local owner = KEYS[2] ~= '' and redis.call('GET', KEYS[2])
local referrer = owner and string.match(owner, '^%d+%.(%d+)$')
local function isGood(one)
  return one ~= user and redis.call('EXISTS', people .. one) == 1 and redis.call('HGET', people .. one, 'isBlocked') ~= '1'
end
if referrer and not isGood(referrer) then referrer = nil end
-- Who was not let in the first time may come back with an invitation.
if referrer then redis.call('HSET', KEYS[1], 'invited', '1') end
if person[1] then
  return { person[2] or 'organic', person[3] or '', person[4] or '', person[1] == origin and '1' or '' }
end

-- Whether the person stands above the referrer: only who has brought somebody can.
local function isAbove()
  if not person[6] then return false end
  local one = referrer
  for _ = 1, MOST_STEPS do
    one = redis.call('HGET', people .. one, 'referrerId')
    if not one or one == '' then return false end
    if one == user then return true end
  end
  return true
end

local source, campaign = ARGV[3], ARGV[4]
-- Who has had a file was here before they pressed Start.
if tonumber(person[5] or '0') > 0 then source, campaign = 'organic', '' end
if source == 'referral' and (not referrer or isAbove()) then source = 'organic' end
redis.call('HSET', KEYS[1], 'startedBy', origin, 'source', source, 'campaign', campaign)
if source ~= 'referral' then return { source, campaign, '', '1' } end

redis.call('HSET', KEYS[1], 'referrerId', referrer)
local by = people .. referrer
redis.call('HINCRBY', by, 'came', 1)
if redis.call('HGET', by, 'cameOn') ~= today then redis.call('HSET', by, 'cameOn', today, 'cameThatDay', 0) end
local cameToday = redis.call('HINCRBY', by, 'cameThatDay', 1)
if cameToday <= tonumber(ARGV[7]) and tonumber(ARGV[8]) > 0 then
  local fromMs = redis.call('TIME')[1] * 1000 + tonumber(ARGV[9])
  redis.call('HSET', KEYS[1], 'bonusDue', ARGV[8], 'bonusFromMs', string.format('%.0f', fromMs))
end
return { source, campaign, referrer, '1' }
