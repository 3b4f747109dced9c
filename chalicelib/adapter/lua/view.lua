-- Read one job in one atomic step.
--
-- KEYS[1]  job:{id}          hash
-- KEYS[2]  job:{id}:stages   hash
-- ARGV[1]  what to read of the stages: "all"; "pieces": '' replaces each stage's output; "": nothing
-- ARGV[2]  now; see clock.lua
-- RETURNS  {now, the fields, the stages, 1 if this server is a replica, else 0}; both as JSON: [field, value, ...]
local stages = '[]'
if ARGV[1] ~= '' then stages = all_of(KEYS[2], nil, ARGV[1] == 'pieces') end
-- A replica refuses even a write that changes nothing. A script has no other way to detect one.
local nothing = redis.pcall('HDEL', KEYS[1], '')
local is_replica = 0
if type(nothing) == 'table' and nothing.err and nothing.err:find('READONLY', 1, true) then is_replica = 1 end
return {ms(0), all_of(KEYS[1]), stages, is_replica}
