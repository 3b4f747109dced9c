-- Apply one change to one job, or refuse it and change nothing. No other script writes jobs.
--
-- KEYS[1]  job:{id}          hash    the job's fields
-- KEYS[2]  job:{id}:events   stream  one entry per visible change, entry id = <revision>-0; one more for the job's end
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
--            passed      [[progress, message]] what was reached on the way: each is a revision and an event of its own
--            stages      [[key, value, {usage counter: integer}]] stored; counted unless an identical one is stored
--            pieces      {key: value}
--            visible     whether the change adds a revision and an event
--            end_revision  the revision in the id of the entry for the job's end; left out if the job does not end
--            discard     whether to delete the job instead
-- ARGV[2]  what to return: "" nothing, "job" its fields, "view" its stages too
-- ARGV[3]  now; see clock.lua
-- RETURNS  {"ok", now} and then, as wanted, the fields and the stages, each as JSON: [field, value, ...]
--          | {"status", status} | {"token", status} | {<field>, status}
local change = cjson.decode(ARGV[1])
local job, events, stages = KEYS[1], KEYS[2], KEYS[3]

-- Read at once what the change depends on, and write all fields at once at the end: commands cost more than Lua.
local names = {'status', 'lease_token', 'progress', 'revision', 'message', 'expires_at'}
local function need(part)
  for field in pairs(part) do names[#names + 1] = field end
end
need(change.expect)
need(change.once_at)
need(change.add)
for _, stage in ipairs(change.stages) do need(stage[3]) end
local stored, written = {}, {}
for at, value in ipairs(redis.call('HMGET', job, unpack(names))) do stored[names[at]] = value or nil end
local function current(field) return written[field] or stored[field] end
local function count(part)
  for field, more in pairs(part) do
    written[field] = string.format('%.0f', tonumber(current(field) or '0') + more)
  end
end
local function store(key, values)
  local flat = {}
  for field, value in pairs(values) do
    flat[#flat + 1] = field
    flat[#flat + 1] = value
  end
  if #flat > 0 then redis.call('HSET', key, unpack(flat)) end
end

local status = stored.status or 'absent'
if not change.from[status] then return {'status', status} end
if change.token and stored.lease_token ~= change.token then return {'token', status} end
for field, value in pairs(change.expect) do
  if stored[field] ~= value then return {field, status} end
end

if change.discard then
  redis.call('DEL', job, events, stages)
  return {'ok', ms(0)}
end

-- A server that evicts keys may have evicted the job, but not these.
if status == 'absent' then redis.call('DEL', events, stages) end
for field, value in pairs(change.set) do written[field] = value end
for field, offset in pairs(change.at) do written[field] = ms(offset) end
for field, offset in pairs(change.once_at) do written[field] = stored[field] or ms(offset) end
count(change.add)
written.status = change.to
local outputs = change.pieces
for _, stage in ipairs(change.stages) do
  if (outputs[stage[1]] or redis.call('HGET', stages, stage[1])) ~= stage[2] then
    outputs[stage[1]] = stage[2]
    count(stage[3])
  end
end
store(stages, outputs)

local function reach(progress)
  if progress and progress > tonumber(current('progress') or '0') then
    written.progress = string.format('%.0f', progress)
  end
end
local function log(revision, message)
  redis.call('XADD', events, 'MAXLEN', 1000, revision .. '-0', 'at', ms(0),
    'status', current('status'), 'progress', current('progress'), 'message', message)
end
local function show(message)
  written.revision = string.format('%.0f', tonumber(current('revision') or '0') + 1)
  log(written.revision, message)
end
for _, step in ipairs(change.passed) do
  reach(step[1])
  show(step[2])
end
reach(change.progress)
if change.visible then
  written.updated_at = ms(0)
  show(current('message'))
end
if change.end_revision then log(change.end_revision, current('message')) end
store(job, written)
if #change.unset > 0 then redis.call('HDEL', job, unpack(change.unset)) end

-- A key that this change has created does not expire yet.
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) == -1 then redis.call('PEXPIREAT', key, current('expires_at')) end
end
local answer = {'ok', ms(0)}
if ARGV[2] ~= '' then answer[3] = all_of(job) end
if ARGV[2] == 'view' then answer[4] = all_of(stages) end
return answer
