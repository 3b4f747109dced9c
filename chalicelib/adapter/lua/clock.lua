-- The start of every script: the clock. The last ARGV is now in ms since 1970, or "" for this server's clock.
local now = tonumber(ARGV[#ARGV])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function ms(offset) return string.format('%.0f', now + offset) end

