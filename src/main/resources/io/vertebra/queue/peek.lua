-- ARGV from 3: the first id, most messages. Answers the next id, '' if there is none, and the messages.
local MAX_BYTES = 4194304
local q = load(ARGV[2])
if not q then return missing(ARGV[2]) end
tidy(q)
local from, most, bytes, messages = streamId(ARGV[3]), tonumber(ARGV[4]), 0, {}
local next = ''
while next == '' do
  local found = redis.call('XRANGE', q.stream, from, '+', 'COUNT', READ_AT_ONCE)
  for _, entry in ipairs(found) do
    local id = idOf(entry[1])
    local m = metaOf(q, id) or parse(entry[2])
    if #messages == most or bytes > 0 and bytes + m.weight > MAX_BYTES then
      next = id
      break
    end
    bytes = bytes + m.weight
    messages[#messages + 1] = {id, m.deliverAt, m.expires, entry[2]}
    from = '(' .. entry[1]
  end
  if #found < READ_AT_ONCE then break end
end
return {'OK', next, messages}
