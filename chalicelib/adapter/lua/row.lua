-- Read one job without its payload, which no list shows. After all_of.lua.
--
-- KEYS[1]  job:{id}  hash
-- ARGV[1]  now; see clock.lua
-- RETURNS  {now, the fields as JSON}
return {ms(0), all_of(KEYS[1], 'payload')}
