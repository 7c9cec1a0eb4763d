-- Replays one person's delivery. ARGV 4 ticket, 5 round that failed
-- Returns {held, state} | {ending} (not given up yet) | {nobody} | {sent, '0', '', '1', {person}}
local state = held()
if state then return { 'held', state } end
local request = redis.call('HMGET', ARGV[3] .. ':request:' .. ARGV[4], 'state', 'round')
if request[1] == 'delivering' and request[2] == ARGV[5] then return { 'ending' } end
take()
if request[1] ~= 'failed' or request[2] ~= ARGV[5] then return { 'nobody' } end
return { 'sent', '0', '', '1', { reopen(ARGV[4], 'delivering') } }
