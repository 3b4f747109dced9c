-- Count one submission of an owner. If a quota is used up, change nothing.
--
-- KEYS[1]  owner:{hash}:unfinished   sorted set, member = job id, score = when it was counted (ms)
-- KEYS[2]  owner:{hash}:submissions  sorted set, member = job id, score = when it was counted (ms)
-- ARGV[1]  job id; ARGV[2] most unfinished; ARGV[3] most submissions; ARGV[4] window (ms); ARGV[5] lifetime of a job (ms)
-- ARGV[6]  now in ms since 1970, or "" for this server's clock
-- RETURNS  {1 if it counts, else 0, unfinished left, submissions left, ms until the oldest submission leaves the window}
local now = tonumber(ARGV[6])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local id, window, life = ARGV[1], tonumber(ARGV[4]), tonumber(ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - life))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - window))

local known = redis.call('ZSCORE', KEYS[1], id)
local unfinished_left = tonumber(ARGV[2]) - redis.call('ZCARD', KEYS[1])
local submissions_left = tonumber(ARGV[3]) - redis.call('ZCARD', KEYS[2])
local counted = 0
if known then
  counted = 1
elseif unfinished_left > 0 and submissions_left > 0 then
  counted = 1
  unfinished_left = unfinished_left - 1
  submissions_left = submissions_left - 1
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), id)
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), id)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local moves_in = 0
if oldest[2] then moves_in = tonumber(oldest[2]) + window - now end
return {counted, unfinished_left, submissions_left, string.format('%.0f', moves_in)}
