-- Remove a job from sorted sets, and replace its reservation, if it has one, with what the job has cost.
--
-- KEYS     first the sorted sets that the job leaves; then the hashes of the days that may have the reservation, see
--          tokens.lua. The cost counts in the first that has it.
-- ARGV[1]  job id; ARGV[2] tokens that it has cost; ARGV[3] how many of the keys are sorted sets
-- ARGV[4]  now; see clock.lua
-- RETURNS  1 if there was a reservation, else 0
local id, settled, sets = ARGV[1], 0, tonumber(ARGV[3])
for at, key in ipairs(KEYS) do
  local reservation = at > sets and redis.call('HGET', key, id)
  if at <= sets then redis.call('ZREM', key, id) end
  if reservation then
    redis.call('HDEL', key, id)
    redis.call('HINCRBY', key, 'reserved', 0 - tonumber(reservation:match('^%d+')))
    if settled == 0 then redis.call('HINCRBY', key, 'spent', ARGV[2]) end
    settled = 1
  end
end
return settled
