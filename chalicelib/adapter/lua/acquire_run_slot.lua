-- Give a job one of its owner's run slots. If none is free, change nothing.
--
-- KEYS[1]  owner:{hash}:running  sorted set, member = job id, score = end of its run slot (ms)
-- ARGV[1]  job id; ARGV[2] most running ("": no limit); ARGV[3] longest time to hold the slot (ms)
-- ARGV[4]  now; see clock.lua
-- RETURNS  1 if the job has a slot now, else 0
local id, hold = ARGV[1], tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms(0))
local is_full = ARGV[2] ~= '' and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2])
if is_full and not redis.call('ZSCORE', KEYS[1], id) then return 0 end
redis.call('ZADD', KEYS[1], ms(hold), id)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
