-- Find the reservations of a minimum age; see tokens.lua.
--
-- KEYS     the hashes of the days
-- ARGV[1]  the minimum age (ms)
-- ARGV[2]  now; see clock.lua
-- RETURNS  [job id, when it was made (ms), ...]
local newest, found = now - tonumber(ARGV[1]), {}
for _, key in ipairs(KEYS) do
  local stored = redis.call('HGETALL', key)
  for at = 2, #stored, 2 do
    local made_at = stored[at]:match(' (%d+)$')
    if made_at and tonumber(made_at) <= newest then
      found[#found + 1] = stored[at - 1]
      found[#found + 1] = made_at
    end
  end
end
return found
