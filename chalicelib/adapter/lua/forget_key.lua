-- Remove an Idempotency-Key's binding, if it is still the one that is meant.
--
-- KEYS[1]  idempotency:{digest}
-- ARGV[1]  the binding
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
