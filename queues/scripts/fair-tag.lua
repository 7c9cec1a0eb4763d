-- Start-time fair queueing, as priorities: everyone has a virtual clock, which runs while their work is queued.
-- KEYS clock (hash: now, epoch), then the sets of the queue's jobs that carry a priority and have not begun
-- ARGV key prefix of people, ttlMs, then person, cost (how many ordinary jobs this one is worth), person, cost, …
-- Returns the priority of the next job of each: 1 goes first.
local clock = redis.call('HMGET', KEYS[1], 'now', 'epoch')
local now, epoch = tonumber(clock[1] or '0'), tonumber(clock[2] or '0')
-- BullMQ knows priorities up to 2^21; an idle queue is the moment to start over.
if now > 1000000 then
  local left = 0
  for i = 2, #KEYS do left = left + redis.call('ZCARD', KEYS[i]) end
  if left == 0 then
    now, epoch = 0, epoch + 1
    redis.call('HSET', KEYS[1], 'now', now, 'epoch', epoch)
  end
end
local priorities = {}
for i = 3, #ARGV, 2 do
  local person = ARGV[1] .. epoch .. ':' .. ARGV[i]
  local start = math.min(math.max(now, tonumber(redis.call('GET', person) or '0')), 2097150)
  redis.call('SET', person, start + ARGV[i + 1], 'PX', ARGV[2])
  priorities[#priorities + 1] = start + 1
end
return priorities
