-- Read the reservations of several days, see tokens.lua. After all_of.lua.
--
-- KEYS     the hashes of the days
-- ARGV[1]  now; see clock.lua
-- RETURNS  each hash as JSON
local days = {}
for at, key in ipairs(KEYS) do days[at] = all_of(key) end
return days
