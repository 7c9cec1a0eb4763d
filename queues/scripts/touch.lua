-- The ticket has something new to show. KEYS request
-- Returns the number of the change, 0 when there is no such request (any more).
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HINCRBY', KEYS[1], 'view', 1)
