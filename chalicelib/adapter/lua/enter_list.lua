-- Add a job to a list of jobs, and drop the entries that are too old. If it is in the list already, it keeps its place.
--
-- KEYS[1]  sorted set, member = job id, score = when it was created (ms)
-- ARGV[1]  job id; ARGV[2] its score; ARGV[3] entries up to this score are too old; ARGV[4] lifetime of the list (s)
-- ARGV[5]  now; see clock.lua
-- RETURNS  nothing
redis.call('ZADD', KEYS[1], 'NX', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
