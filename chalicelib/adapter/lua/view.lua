-- Read one job at one moment.
--
-- KEYS[1]  job:{id}          hash
-- KEYS[2]  job:{id}:stages   hash
-- ARGV[1]  "1" to read the stages too
-- ARGV[2]  now in ms since 1970, or "" for this server's clock
-- RETURNS  {now, [field, value, ...], [key, value, ...]}
local now = ARGV[2]
if now == '' then
  local time = redis.call('TIME')
  now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end
local stages = {}
if ARGV[1] == '1' then stages = redis.call('HGETALL', KEYS[2]) end
return {now, redis.call('HGETALL', KEYS[1]), stages}
