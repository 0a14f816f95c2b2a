-- ARGV[3]: milliseconds in which one node's sweep is enough; the next some queues have what is due done.
-- Answers 1 if there is more to be done at once.
local QUEUES = 50
local MESSAGES = 200
local state = TAG .. 'sweep'
local kept = redis.call('HMGET', state, 'at', 'cursor')
local cursor = kept[2] or ''
local last = tonumber(kept[1] or '0')
if cursor == '' and now >= last and now - last < tonumber(ARGV[3]) then return {'OK', 0} end

-- Looks at messages that no group may want any more; whether there are more.
local function look(q)
  local swept = redis.call('HGET', q.key, 'swept')
  if not swept then return false end
  local from = '(' .. streamId(swept)
  local found = redis.call('XRANGE', q.stream, from, streamId(q.cursor), 'COUNT', MESSAGES)
  for _, entry in ipairs(found) do
    swept = idOf(entry[1])
    finish(q, swept)
  end
  local more = #found == MESSAGES
  if more then
    redis.call('HSET', q.key, 'swept', swept)
  else
    redis.call('HDEL', q.key, 'swept')
  end
  return more
end

local from = cursor == '' and '-' or '(' .. cursor
local names = redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, QUEUES)
local more = false
for _, name in ipairs(names) do
  local q = load(name)
  tidy(q)
  more = look(q) or more
end
cursor = #names == QUEUES and names[#names] or ''
redis.call('HSET', state, 'at', more and '0' or text(now), 'cursor', cursor)
return {'OK', (more or cursor ~= '') and 1 or 0}
