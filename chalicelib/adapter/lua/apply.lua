-- Apply one change to one job, or refuse it and change nothing. No other script writes jobs.
--
-- KEYS[1]  job:{id}          hash    the job's fields
-- KEYS[2]  job:{id}:events   stream  one entry per visible change, entry id = <revision>-0
-- KEYS[3]  job:{id}:stages   hash    "<item>/<stage>" -> finished stage (JSON), "piece/<item>" -> the piece so far (JSON)
-- ARGV[1]  the change, JSON:
--            from        {status: true} in which it is allowed; "absent": the job does not exist
--            to          the new status, or left out
--            token       the lease holder's token, which must match, or left out
--            expect      {field: string} values that must be unchanged
--            set         {field: string}; unset: [field]
--            at          {field: offset in ms from now}; once_at: the same, but only if the field has no value yet
--            add         {field: integer}
--            progress    new progress; never lowers it
--            stages      [[key, value, {usage counter: integer}]] stored; counted unless an identical one is stored
--            pieces      {key: value}
--            visible     whether the change adds a revision and an event
--            discard     whether to delete the job instead
-- ARGV[2]  now; see clock.lua
-- RETURNS  {"ok", now, [field, value, ...]} | {"status", status} | {"token", status} | {<field>, status}
local change = cjson.decode(ARGV[1])
local job = KEYS[1]


local status = redis.call('HGET', job, 'status') or 'absent'
if not change.from[status] then return {'status', status} end
if change.token and redis.call('HGET', job, 'lease_token') ~= change.token then return {'token', status} end
for field, value in pairs(change.expect) do
  if redis.call('HGET', job, field) ~= value then return {field, status} end
end

if change.discard then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  return {'ok', ms(0), {}}
end

-- A server that evicts keys may have evicted the job, but not these.
if status == 'absent' then redis.call('DEL', KEYS[2], KEYS[3]) end
for field, value in pairs(change.set) do redis.call('HSET', job, field, value) end
for _, field in ipairs(change.unset) do redis.call('HDEL', job, field) end
for field, offset in pairs(change.at) do redis.call('HSET', job, field, ms(offset)) end
for field, offset in pairs(change.once_at) do redis.call('HSETNX', job, field, ms(offset)) end
for field, count in pairs(change.add) do redis.call('HINCRBY', job, field, count) end
if change.to then redis.call('HSET', job, 'status', change.to) end
if change.progress and change.progress > tonumber(redis.call('HGET', job, 'progress') or '0') then
  redis.call('HSET', job, 'progress', string.format('%.0f', change.progress))
end
for _, stage in ipairs(change.stages) do
  if redis.call('HGET', KEYS[3], stage[1]) ~= stage[2] then
    redis.call('HSET', KEYS[3], stage[1], stage[2])
    for counter, count in pairs(stage[3]) do redis.call('HINCRBY', job, counter, count) end
  end
end
for key, piece in pairs(change.pieces) do redis.call('HSET', KEYS[3], key, piece) end

if change.visible then
  local revision = redis.call('HINCRBY', job, 'revision', 1)
  redis.call('HSET', job, 'updated_at', ms(0))
  local seen = redis.call('HMGET', job, 'status', 'progress', 'message')
  redis.call('XADD', KEYS[2], 'MAXLEN', 1000, string.format('%.0f-0', revision),
    'at', ms(0), 'status', seen[1], 'progress', seen[2], 'message', seen[3])
end

local expires_at = redis.call('HGET', job, 'expires_at')
for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, expires_at) end
return {'ok', ms(0), redis.call('HGETALL', job)}
