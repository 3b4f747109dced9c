-- Count one submission of an owner, and reserve its tokens. If a quota is used up, change nothing. After tokens.lua.
--
-- KEYS[1]  owner:{hash}:unfinished    sorted set, member = job id, score = when it was counted (ms)
-- KEYS[2]  owner:{hash}:submissions   sorted set, member = job id, score = when it was counted (ms)
-- KEYS[3]  owner:{hash}:tokens:{day}  hash, see tokens.lua
-- ARGV[1]  job id; ARGV[2] most unfinished; ARGV[3] most submissions ("": no limit)
-- ARGV[4]  window (ms); ARGV[5] lifetime of a job (ms)
-- ARGV[6]  tokens to reserve; ARGV[7] most tokens of the day ("": no limit); ARGV[8] lifetime of the hash (ms)
-- ARGV[9]  now; see clock.lua
-- RETURNS  {1 if it counts, else 0, unfinished, submissions, ms until the oldest submission leaves the window,
--          tokens spent, tokens reserved}
local id, window, life, tokens = ARGV[1], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms(-life))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ms(-window))

local function has_room(key, most) return most == '' or redis.call('ZCARD', key) < tonumber(most) end
local is_known = redis.call('ZSCORE', KEYS[1], id)
local counted = is_known or (has_room(KEYS[1], ARGV[2]) and has_room(KEYS[2], ARGV[3]))
counted = counted and has_tokens(KEYS[3], id, tokens, ARGV[7])
if counted then
  if not is_known then
    redis.call('ZADD', KEYS[1], ms(0), id)
    redis.call('ZADD', KEYS[2], ms(0), id)
    redis.call('PEXPIRE', KEYS[1], ARGV[5])
    redis.call('PEXPIRE', KEYS[2], ARGV[4])
  end
  reserve(KEYS[3], id, tokens, ARGV[8])
end
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local moves_in = 0
if oldest[2] then moves_in = tonumber(oldest[2]) + window - now end
local spent, reserved = spent_and_reserved(KEYS[3])
return {counted and 1 or 0, redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2]), string.format('%.0f', moves_in),
  spent, reserved}
