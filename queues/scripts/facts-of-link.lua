-- KEYS media id of a link    ARGV key prefix of facts    Returns the facts, or nothing.
local mediaId = redis.call('GET', KEYS[1])
return mediaId and redis.call('GET', ARGV[1] .. mediaId)
