-- Reserve tokens of the day of all owners. If there are not enough, or a drain refuses new jobs, change nothing. A job
-- that has a reservation is not new: an equal request was accepted. After tokens.lua.
--
-- KEYS[1]  {tokens}:{day}  hash, see tokens.lua
-- KEYS[2]  {tokens}:drain  string, JSON: the drain
-- ARGV[1]  job id; ARGV[2] tokens; ARGV[3] most tokens of the day ("": no limit); ARGV[4] lifetime of the hash (ms)
-- ARGV[5]  now; see clock.lua
-- RETURNS  {1 if they are reserved, else 0, spent, reserved, 1 if a drain refuses new jobs, else 0}
local id, tokens = ARGV[1], tonumber(ARGV[2])
local drain = redis.call('GET', KEYS[2])
local is_new = redis.call('HEXISTS', KEYS[1], id) == 0
local refused = is_new and drain and cjson.decode(drain).refuses
local granted = not refused and has_tokens(KEYS[1], id, tokens, ARGV[3])
if granted then reserve(KEYS[1], id, tokens, ARGV[4]) end
local spent, reserved = spent_and_reserved(KEYS[1])
return {granted and 1 or 0, spent, reserved, refused and 1 or 0}
