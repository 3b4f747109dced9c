-- Replace a job's reservation with what the job has cost. If it has no reservation, change nothing.
--
-- KEYS     the hashes of the days that may have the reservation, see tokens.lua. The cost counts in the first that does.
-- ARGV[1]  job id; ARGV[2] tokens that it has cost
-- ARGV[3]  now; see clock.lua
-- RETURNS  1 if there was a reservation, else 0
local id, settled = ARGV[1], 0
for _, key in ipairs(KEYS) do
  local reservation = redis.call('HGET', key, id)
  if reservation then
    redis.call('HDEL', key, id)
    redis.call('HINCRBY', key, 'reserved', 0 - tonumber(reservation:match('^%d+')))
    if settled == 0 then redis.call('HINCRBY', key, 'spent', ARGV[2]) end
    settled = 1
  end
end
return settled
