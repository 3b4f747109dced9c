-- Add the usage of one job to the sums of its type. If they then hold too many jobs, halve them all.
--
-- KEYS[1]  averages:{type}  hash, field = name of a sum, value = number
-- ARGV[1]  halve the sums if the first of them reaches this; ARGV[2] lifetime of the sums (ms)
-- ARGV[3]  name of the first sum, the number of jobs; ARGV[4] what to add to it; and so on for the other sums
-- ARGV[n]  now; see clock.lua
-- RETURNS  nothing
local function sum(at) return (tonumber(redis.call('HGET', KEYS[1], ARGV[at])) or 0) + tonumber(ARGV[at + 1]) end
local share = 1
if sum(3) >= tonumber(ARGV[1]) then share = 0.5 end
for at = 3, #ARGV - 2, 2 do
  redis.call('HSET', KEYS[1], ARGV[at], string.format('%.17g', sum(at) * share))
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
