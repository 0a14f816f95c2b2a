-- ARGV from 3: '1' to make a queue that is not there, its definition, those of its dead letters, most
-- queues, most dedup ids, then of each message: dedup id, time of delivery, delay, time to live, how many
-- fields, the fields. Answers for each: an id and whether it is a duplicate, or a code and a sentence.
local q = load(ARGV[2])
if not q then
  if ARGV[3] ~= '1' then return missing(ARGV[2]) end
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[6]) then
    return failure('LIMITED', 'there are ' .. ARGV[6] .. ' queues, which is the most')
  end
  q = create(ARGV[2], ARGV[4], ARGV[5])
end
tidy(q)
local d = q.definition

-- The oldest message that nobody is at work on.
local function oldest()
  local found
  for _, g in ipairs(q.groups) do
    for _, id in ipairs(redis.call('ZRANGE', g.open, 0, 99)) do
      if not held(q, id) then
        if not found or id < found then found = id end
        break
      end
    end
  end
  return found
end

local function hasRoom(weight)
  while redis.call('XLEN', q.stream) >= d.maxMessages
      or tonumber(redis.call('HGET', q.key, 'bytes')) + weight > d.maxBytes do
    local id = redis.call('ZRANGE', q.kept, 0, 0)[1]
    if not id and d.onFull == 'drop-oldest' then
      id = oldest()
      if id then count(q, 4) end
    end
    if not id then return false end
    remove(q, id)
  end
  return true
end

local function sendOne(word, at, delay, ttl, fields)
  local known = word ~= '' and redis.call('HGET', q.ids, word)
  if known then return {known, '1'} end
  if word ~= '' and redis.call('ZCARD', q.windows) >= tonumber(ARGV[7]) then
    return failure('LIMITED', 'the queue remembers ' .. ARGV[7] .. ' dedup ids, which is the most')
  end
  local life = math.min(tonumber(ttl) or math.huge, d.retentionMs or math.huge)
  if life < math.huge then
    fields[#fields + 1] = '@expiresAt'
    fields[#fields + 1] = text(now + life)
  end
  local deliverAt = tonumber(at) or delay ~= '' and now + tonumber(delay) or 0
  if deliverAt > now then
    fields[#fields + 1] = '@deliverAt'
    fields[#fields + 1] = text(deliverAt)
  end
  local m = parse(fields)
  if m.weight > d.maxBytes then
    return failure('TOO_LARGE', 'the message is longer than the ' .. text(d.maxBytes) .. ' bytes of the queue')
  end
  if not hasRoom(m.weight) then return failure('LIMITED', 'queue ' .. q.name .. ' is full') end
  local id = put(q, fields)
  if word ~= '' and d.dedupWindowMs > 0 then
    redis.call('HSET', q.ids, word, id)
    redis.call('ZADD', q.windows, now + d.dedupWindowMs, word)
  end
  -- What others put before it comes first.
  if q.whole then index(q, id, m) end
  return {id, '0'}
end

local answers, at = {}, 8
while at <= #ARGV do
  local fields, count = {}, tonumber(ARGV[at + 4])
  for i = 1, count do fields[i] = ARGV[at + 4 + i] end
  local word = d.dedupWindowMs > 0 and ARGV[at] or ''
  answers[#answers + 1] = sendOne(word, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], fields)
  at = at + 5 + count
end
if q.whole then saveCursor(q) else absorb(q) end
return {'OK', answers}
