-- Give a job one of its owner's run slots. If none is free, change nothing.
--
-- KEYS[1]  owner:{hash}:running  sorted set, member = job id, score = end of its run slot (ms)
-- ARGV[1]  job id; ARGV[2] most running; ARGV[3] longest time to hold the slot (ms)
-- ARGV[4]  now in ms since 1970, or "" for this server's clock
-- RETURNS  1 if the job has a slot now, else 0
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local id, hold = ARGV[1], tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if not redis.call('ZSCORE', KEYS[1], id) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + hold), id)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
