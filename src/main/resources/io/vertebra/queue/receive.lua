-- ARGV from 3: the group, most messages, milliseconds for which they are given or '' for what the queue
-- says. Answers when something is due next, in milliseconds from now or -1, and the messages.
local MAX_BYTES = 4194304
local q = load(ARGV[2])
if not q then return missing(ARGV[2]) end
local g = groupNamed(q, ARGV[3])
if not g then return noGroup(q, ARGV[3]) end
tidy(q)

local most, bytes = tonumber(ARGV[4]), 0
local ends = now + (tonumber(ARGV[5]) or q.definition.visibilityMs)
local number
local messages = {}

local function give(id, m, info, fields)
  info.attempts = info.attempts + 1
  number = number or numbers(most)
  info.number = string.format('%016x', number)
  if info.first == 0 then info.first = now end
  number = number + 1
  saveInfo(g, id, info)
  redis.call('ZREM', g.ready, id)
  redis.call('ZADD', g.given, ends, id)
  bytes = bytes + m.weight
  messages[#messages + 1] =
    {id, info.number, info.attempts, info.first, ends, m.deliverAt, m.expires, fields}
end

local function take(id)
  local m, info = metaOf(q, id), infoOf(g, id)
  local fields = fieldsOf(q, id)
  if not fields then
    remove(q, id)
  elseif m.expires > 0 and m.expires <= now then
    count(q, 3)
    remove(q, id)
  elseif exhausted(q, info) then
    bury(q, g, id, m, LATE)
  else
    give(id, m, info, fields)
  end
end

for _ = 1, AT_ONCE do
  local id = #messages < most and bytes < MAX_BYTES and redis.call('ZRANGE', g.ready, 0, 0)[1]
  if not id then break end
  take(id)
end

local due = -1
if g.behind ~= '' or redis.call('ZCARD', g.ready) > 0 then
  due = 0
else
  for _, timers in ipairs({g.due, g.given}) do
    local first = redis.call('ZRANGE', timers, 0, 0, 'WITHSCORES')
    local rest = first[2] and math.max(0, tonumber(first[2]) - now)
    if rest and (due < 0 or rest < due) then due = rest end
  end
end
return {'OK', due, messages}
