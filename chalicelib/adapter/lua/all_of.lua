-- A hash as JSON: [field, value, ...], without the field `except`. A client reads one long text in a tenth of the time
-- that it needs for many short ones. `only_pieces`: '' replaces each value that is not a piece.
local function all_of(key, except, only_pieces)
  local found, shown = redis.call('HGETALL', key), {}
  for at = 1, #found, 2 do
    if found[at] ~= except then
      shown[#shown + 1] = found[at]
      shown[#shown + 1] = (only_pieces and found[at]:sub(1, 6) ~= 'piece/') and '' or found[at + 1]
    end
  end
  return #shown == 0 and '[]' or cjson.encode(shown)
end

