-- All that a delivery must know. KEYS request    ARGV key prefix of files of bots, key prefix of what is shared
-- Returns {fields of the request, what Telegram knows of its file, fields of what is shared under its media key}.
local request = redis.call('HGETALL', KEYS[1])
local ids = redis.call('HMGET', KEYS[1], 'botId', 'mediaKey')
if not ids[1] or not ids[2] then return { request, '', {} } end
local file = redis.call('GET', ARGV[1] .. ids[1] .. ':' .. ids[2])
return { request, file or '', redis.call('HGETALL', ARGV[2] .. ids[2]) }
