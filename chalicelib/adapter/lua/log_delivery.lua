-- Add an entry to the log of a job's deliveries, if the job is stored. The log expires with the job.
--
-- KEYS[1]  job:{id}             hash
-- KEYS[2]  job:{id}:deliveries  list of entries (JSON), oldest first
-- ARGV[1]  the entry; ARGV[2] the most entries that are kept
-- ARGV[3]  now; see clock.lua
-- RETURNS  1 if it was added, else 0
local expires_at = redis.call('HGET', KEYS[1], 'expires_at')
if not expires_at then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('LTRIM', KEYS[2], -tonumber(ARGV[2]), -1)
redis.call('PEXPIREAT', KEYS[2], expires_at)
return 1
