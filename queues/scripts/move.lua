-- A request goes from one state to another, unless it is somewhere else by now.
-- KEYS request    ARGV to, from, …    Returns 1 when it moved.
local state = redis.call('HGET', KEYS[1], 'state')
for i = 2, #ARGV do
  if state == ARGV[i] then
    redis.call('HSET', KEYS[1], 'state', ARGV[1])
    return 1
  end
end
return 0
