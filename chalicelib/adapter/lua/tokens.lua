-- The tokens of one UTC day, of one owner or of all owners: a hash with the fields
--   spent     what the ended jobs count
--   reserved  the sum of the reservations
--   <job id>  a reservation of a job that has not ended: "<tokens> <when it was made (ms)>"

local function spent_and_reserved(key)
  local found = redis.call('HMGET', key, 'spent', 'reserved')
  return tonumber(found[1] or '0'), tonumber(found[2] or '0')
end

-- Whether the job has a reservation, or there is room for one. `most` "": no limit.
local function has_tokens(key, id, tokens, most)
  if most == '' or redis.call('HEXISTS', key, id) == 1 then return true end
  local spent, reserved = spent_and_reserved(key)
  return spent + reserved + tokens <= tonumber(most)
end

-- Reserve tokens for the job, unless it has a reservation.
local function reserve(key, id, tokens, lifetime)
  if redis.call('HSETNX', key, id, string.format('%.0f %s', tokens, ms(0))) == 1 then
    redis.call('HINCRBY', key, 'reserved', tokens)
    redis.call('PEXPIRE', key, lifetime)
  end
end

