-- Reserve tokens of the day of all owners. If there are not enough, change nothing. After tokens.lua.
--
-- KEYS[1]  {tokens}:{day}  hash, see tokens.lua
-- ARGV[1]  job id; ARGV[2] tokens; ARGV[3] most tokens of the day ("": no limit); ARGV[4] lifetime of the hash (ms)
-- ARGV[5]  now; see clock.lua
-- RETURNS  {1 if they are reserved, else 0, spent, reserved}
local id, tokens = ARGV[1], tonumber(ARGV[2])
local granted = has_tokens(KEYS[1], id, tokens, ARGV[3])
if granted then reserve(KEYS[1], id, tokens, ARGV[4]) end
local spent, reserved = spent_and_reserved(KEYS[1])
return {granted and 1 or 0, spent, reserved}
