-- ARGV from 3, of each receipt: what is said of it, message, number of the delivery, group, milliseconds
-- or '' for what the queue says, reason. Answers for each: a result, or a code and a sentence.
local q = load(ARGV[2])
if not q then return missing(ARGV[2]) end
tidy(q)

local function backoff(attempts)
  local b = q.definition.backoff
  return math.floor(math.min(b.minMs * b.factor ^ math.max(0, attempts - 1), b.maxMs))
end

-- It comes again later.
local function rest(g, id, m, info, time)
  info.number = string.rep('0', 16)
  saveInfo(g, id, info)
  redis.call('ZREM', g.given, id)
  redis.call('ZREM', g.ready, id)
  if time <= 0 then toReady(q, g, id, m) else redis.call('ZADD', g.due, now + time, id) end
end

local function settle(kind, id, number, name, time, reason)
  local g = groupNamed(q, name)
  if not g then return noGroup(q, name) end
  local m = metaOf(q, id)
  if not m or not redis.call('ZSCORE', g.open, id) then
    return failure('NOT_FOUND', 'the message is done with, or gone')
  end
  local info = infoOf(g, id)
  if info.number ~= number then
    return failure('FENCED', 'the message was delivered again or returned since')
  end
  if kind == 'ack' then
    done(q, g, id, m)
    finish(q, id)
    return {'ACKED'}
  elseif kind == 'extend' then
    redis.call('ZREM', g.ready, id)
    redis.call('ZADD', g.given, now + (tonumber(time) or q.definition.visibilityMs), id)
    return {'EXTENDED'}
  elseif kind == 'release' then
    info.attempts = info.attempts - 1
    rest(g, id, m, info, tonumber(time) or 0)
    return {'RETRIED'}
  elseif kind == 'reject' or exhausted(q, info) then
    local otherwise = kind == 'reject' and 'rejected' or 'returned'
    bury(q, g, id, m, reason == '' and otherwise or reason)
    return {'DEAD'}
  end
  rest(g, id, m, info, tonumber(time) or backoff(info.attempts))
  return {'RETRIED'}
end

local answers = {}
for at = 3, #ARGV, 6 do
  answers[#answers + 1] = settle(unpack(ARGV, at, at + 5))
end
return {'OK', answers}
