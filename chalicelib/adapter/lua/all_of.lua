-- A hash as JSON: [field, value, ...]. The client reads one long text in a tenth of the time of many short ones.
local function all_of(key)
  local found = redis.call('HGETALL', key)
  return #found == 0 and '[]' or cjson.encode(found)
end

