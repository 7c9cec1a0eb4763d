-- Renews or releases a lease that only its holder may touch.
-- KEYS lease, the jobs that wait for it    ARGV renew | release, holder, ms    Returns those who waited for the release.
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return {} end
if ARGV[1] == 'renew' then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {}
end
local waiting = redis.call('SMEMBERS', KEYS[2])
redis.call('DEL', KEYS[1], KEYS[2])
return waiting
