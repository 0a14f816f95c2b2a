-- What all scripts on queues share. KEYS[1]: the names of all queues; the other keys have the same tag.
-- ARGV[1]: milliseconds since 1970, or '' for the server's clock; ARGV[2]: the name of a queue.
-- Ids are 16 hexadecimal digits, 11 for the milliseconds and 5 for the number of a stream's id, so that
-- their order as texts is that of the stream.
local TAG = KEYS[1]:sub(1, -6)
local MOST_MILLIS = 17592186044415
local AT_ONCE = 1000
local READ_AT_ONCE = 32
local LATE = 'not settled in time'

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = tonumber(ARGV[1]) or math.floor(micros / 1000)
local counts = {}
local woken = {}

-- Something happened to a message of a queue: 1 it was not settled in time, 2 given up, 3 its time was
-- over, 4 dropped for lack of room.
local function count(q, what)
  local all = counts[q.name] or {0, 0, 0, 0}
  counts[q.name] = all
  all[what] = all[what] + 1
end

local function text(number) return string.format('%.0f', number) end

-- So many numbers, greater than all before, of which this is the first. By the clock, so that a server
-- that lost its data does not begin again with small ones.
local function numbers(count)
  local first = math.max((tonumber(redis.call('GET', TAG .. 'number') or '0')) + 1, micros)
  redis.call('SET', TAG .. 'number', text(first + count - 1))
  return first
end

local function idOf(streamId)
  local ms, number = streamId:match('^(%d+)-(%d+)$')
  if tonumber(ms) > MOST_MILLIS or tonumber(number) >= 1048576 then return nil end
  return string.format('%011x%05x', tonumber(ms), tonumber(number))
end

local function millisOf(id) return tonumber(id:sub(1, 11), 16) end

local function streamId(id)
  return text(millisOf(id)) .. '-' .. text(tonumber(id:sub(12), 16))
end

-- Civil from days, http://howardhinnant.github.io/date_algorithms.html
local function iso(ms)
  local days, rest = math.floor(ms / 86400000), ms % 86400000
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
    - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month,
    doy - math.floor((153 * mp + 2) / 5) + 1, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end

local function failure(code, sentence) return {code, sentence} end

local function missing(name) return failure('NOT_FOUND', 'there is no queue ' .. name) end

local function noGroup(q, name)
  return failure('NOT_FOUND', 'queue ' .. q.name .. ' has no group ' .. name)
end

-- The keys of a group; begin: the least id that it wants; behind: up to which id it has what was there
-- before it began, '' if all.
local function groupOf(name, kept)
  local tail = name .. ':' .. kept.name
  return {name = kept.name, begin = kept.begin, behind = kept.behind,
    open = TAG .. 'open:' .. tail, ready = TAG .. 'ready:' .. tail, due = TAG .. 'due:' .. tail,
    given = TAG .. 'given:' .. tail, info = TAG .. 'info:' .. tail, heads = TAG .. 'heads:' .. tail,
    lanes = TAG .. 'lanes:' .. tail}
end

local function load(name)
  local kept = redis.call('HMGET', TAG .. 'queue:' .. name, 'definition', 'groups', 'cursor')
  if not kept[1] then return nil end
  local q = {name = name, key = TAG .. 'queue:' .. name, stream = TAG .. 'stream:' .. name,
    meta = TAG .. 'meta:' .. name, expires = TAG .. 'expires:' .. name, kept = TAG .. 'kept:' .. name,
    ids = TAG .. 'ids:' .. name, windows = TAG .. 'windows:' .. name,
    definition = cjson.decode(kept[1]), cursor = kept[3], groups = {}}
  for i, group in ipairs(cjson.decode(kept[2])) do q.groups[i] = groupOf(name, group) end
  return q
end

local function saveGroups(q)
  local kept = {}
  for i, g in ipairs(q.groups) do kept[i] = {name = g.name, begin = g.begin, behind = g.behind} end
  redis.call('HSET', q.key, 'groups', cjson.encode(kept))
end

-- letters: the definitions of the queue of its dead letters, and of those of that one, as a JSON list of
-- texts, for when they are made.
local function create(name, definition, letters)
  redis.call('HSET', TAG .. 'queue:' .. name, 'definition', definition, 'letters', letters, 'revision',
    text(numbers(1)), 'cursor', string.rep('0', 16), 'bytes', 0, 'groups',
    cjson.encode({{name = 'default', begin = string.rep('0', 16), behind = ''}}))
  redis.call('ZADD', KEYS[1], 0, name)
  return load(name)
end

-- Where it stands which node serves a subscription.
local function serving(name, subscription)
  return name .. '\n' .. subscription.group .. '\n' .. subscription.address
end

local function groupNamed(q, name)
  for _, g in ipairs(q.groups) do if g.name == name then return g end end
end

-- What has to be known of a message to choose it.
local function metaOf(q, id)
  local kept = redis.call('HGET', q.meta, id)
  if not kept then return nil end
  local weight, priority, deliverAt, expires, key = kept:match('^(%d+) (%d) (%d+) (%d+) (.*)$')
  return {weight = tonumber(weight), priority = tonumber(priority), deliverAt = tonumber(deliverAt),
    expires = tonumber(expires), key = key}
end

local function millis(value) return #value <= 15 and value:match('^%d+$') and tonumber(value) or 0 end

-- The same of the fields in the stream, which may be anybody's.
local function parse(fields)
  local m = {weight = 0, priority = 4, deliverAt = 0, expires = 0, key = ''}
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == 'body' then m.weight = m.weight + #value
    elseif name == '@key' then m.key = value
    elseif name == '@priority' then m.priority = value:match('^%d$') and tonumber(value) or 4
    elseif name == '@deliverAt' then m.deliverAt = millis(value)
    elseif name == '@expiresAt' then m.expires = millis(value)
    elseif name:sub(1, 8) == '@header:' then m.weight = m.weight + #name - 8 + #value
    elseif name:sub(1, 1) ~= '@' then m.weight = m.weight + #name + #value end
  end
  return m
end

local function fieldsOf(q, id)
  local found = redis.call('XRANGE', q.stream, streamId(id), streamId(id))
  return found[1] and found[1][2]
end

local function toReady(q, g, id, m)
  redis.call('ZADD', g.ready, 9 - m.priority, id)
  if redis.call('ZCARD', g.ready) == 1 then woken[q.name] = true end
end

local function lane(key) return #key .. ':' .. key .. ':' end

-- It may be received, if no other message of its key is on the way. One that was not given yet lets an
-- earlier one pass, whose time has come only now.
local function offer(q, g, id, m)
  local head = m.key ~= '' and redis.call('HGET', g.heads, m.key)
  if head and head < id or head and redis.call('HEXISTS', g.info, head) == 1 then
    redis.call('ZADD', g.lanes, 0, lane(m.key) .. id)
    return
  end
  if head then
    redis.call('ZREM', g.ready, head)
    redis.call('ZADD', g.lanes, 0, lane(m.key) .. head)
  end
  if m.key ~= '' then redis.call('HSET', g.heads, m.key, id) end
  toReady(q, g, id, m)
end

local function add(q, g, id, m)
  redis.call('ZADD', g.open, 0, id)
  if m.deliverAt > now then
    redis.call('ZADD', g.due, m.deliverAt, id)
  else
    offer(q, g, id, m)
  end
end

-- A group is done with a message, and the next one of its key may be received.
local function done(q, g, id, m)
  if redis.call('ZREM', g.open, id) == 0 then return end
  redis.call('ZREM', g.ready, id)
  redis.call('ZREM', g.due, id)
  redis.call('ZREM', g.given, id)
  redis.call('HDEL', g.info, id)
  if m.key == '' then return end
  local places = lane(m.key)
  if redis.call('HGET', g.heads, m.key) ~= id then
    redis.call('ZREM', g.lanes, places .. id)
    return
  end
  local after = places:sub(1, -2) .. ';'
  local place = redis.call('ZRANGEBYLEX', g.lanes, '[' .. places, '(' .. after, 'LIMIT', 0, 1)[1]
  if not place then
    redis.call('HDEL', g.heads, m.key)
    return
  end
  redis.call('ZREM', g.lanes, place)
  redis.call('HSET', g.heads, m.key, place:sub(-16))
  toReady(q, g, place:sub(-16), metaOf(q, place:sub(-16)))
end

-- Removes a message, whoever is at work on it.
local function remove(q, id)
  local m = metaOf(q, id)
  redis.call('XDEL', q.stream, streamId(id))
  if not m then return end
  for _, g in ipairs(q.groups) do done(q, g, id, m) end
  redis.call('HDEL', q.meta, id)
  redis.call('ZREM', q.expires, id)
  redis.call('ZREM', q.kept, id)
  redis.call('HINCRBY', q.key, 'bytes', -m.weight)
end

local function wants(q, g, id)
  return id >= g.begin and (id > q.cursor or g.behind ~= '' and id > g.behind
    or redis.call('ZSCORE', g.open, id) ~= false)
end

-- Removes a message that no group wants any more, or keeps it for replay.
local function finish(q, id)
  for _, g in ipairs(q.groups) do if wants(q, g, id) then return end end
  local ends = millisOf(id) + q.definition.keepMs
  if ends > now then redis.call('ZADD', q.kept, ends, id) else remove(q, id) end
end

local function held(q, id)
  for _, g in ipairs(q.groups) do if redis.call('ZSCORE', g.given, id) then return true end end
  return false
end

-- Takes note of the next message of the stream.
local function index(q, id, m)
  if m.expires == 0 and q.definition.retentionMs then
    m.expires = millisOf(id) + q.definition.retentionMs
  end
  redis.call('HSET', q.meta, id, text(m.weight) .. ' ' .. m.priority .. ' ' .. text(m.deliverAt)
    .. ' ' .. text(m.expires) .. ' ' .. m.key)
  redis.call('HINCRBY', q.key, 'bytes', m.weight)
  if m.expires > 0 then redis.call('ZADD', q.expires, m.expires, id) end
  for _, g in ipairs(q.groups) do
    if id >= g.begin and g.behind == '' then add(q, g, id, m) end
  end
  q.cursor = id
end

local function saveCursor(q) redis.call('HSET', q.key, 'cursor', q.cursor) end

-- Takes note of what came into the stream, from us or others; not of all if it is very much.
local function absorb(q)
  local before = q.cursor
  q.whole = false
  for _ = 1, AT_ONCE / READ_AT_ONCE do
    local from = '(' .. streamId(q.cursor)
    local found = redis.call('XRANGE', q.stream, from, '+', 'COUNT', READ_AT_ONCE)
    for _, entry in ipairs(found) do
      local id = idOf(entry[1])
      if id then index(q, id, parse(entry[2])) else redis.call('XDEL', q.stream, entry[1]) end
    end
    q.whole = #found < READ_AT_ONCE
    if q.whole then break end
  end
  if q.cursor ~= before then saveCursor(q) end
end

-- Gives a group that began in the past what was there before, some at a time.
local function catchUp(q, g)
  if g.behind == '' then return end
  for _ = 1, AT_ONCE / READ_AT_ONCE do
    local from = '(' .. streamId(g.behind)
    local found = redis.call('XRANGE', q.stream, from, streamId(q.cursor), 'COUNT', READ_AT_ONCE)
    for _, entry in ipairs(found) do
      local id = idOf(entry[1])
      local m = metaOf(q, id)
      if m then
        redis.call('ZREM', q.kept, id)
        add(q, g, id, m)
      end
      g.behind = id
    end
    if #found < READ_AT_ONCE then
      g.behind = ''
      break
    end
  end
  saveGroups(q)
end

local function infoOf(g, id)
  local kept = redis.call('HGET', g.info, id)
  if not kept then return {attempts = 0, number = string.rep('0', 16), first = 0} end
  local attempts, number, first = kept:match('^(%d+) (%x+) (%d+)$')
  return {attempts = tonumber(attempts), number = number, first = tonumber(first)}
end

local function saveInfo(g, id, info)
  local kept = text(info.attempts) .. ' ' .. info.number .. ' ' .. text(info.first)
  redis.call('HSET', g.info, id, kept)
end

local function exhausted(q, info)
  return q.definition.maxAttempts > 0 and info.attempts >= q.definition.maxAttempts
end

-- Puts fields into a queue as a message of its own; answers its id.
local function put(q, fields)
  local id = redis.pcall('XADD', q.stream, text(now) .. '-*', unpack(fields))
  if type(id) == 'table' then
    id = redis.call('XADD', q.stream, '*', unpack(fields))
  end
  return idOf(id)
end

-- The fields of a message that is new elsewhere: its times are over, and what was told of giving it up.
local function moved(fields)
  local rest = {}
  for i = 1, math.min(#fields, 1000), 2 do
    local name = fields[i]
    if name ~= '@deliverAt' and name ~= '@expiresAt' and name:sub(1, 7) ~= 'x-dead-' then
      rest[#rest + 1] = name
      rest[#rest + 1] = fields[i + 1]
    end
  end
  if #rest == 0 then rest = {'body', ''} end
  return rest
end

-- Gives a message up: it goes to the dead letters, and its group is done with it.
local function bury(q, g, id, m, reason)
  local target, fields = q.definition.deadLetter, fieldsOf(q, id)
  if target ~= '' and fields then
    local info = infoOf(g, id)
    local defaults = cjson.decode(redis.call('HGET', q.key, 'letters'))
    local letters = load(target) or create(target, defaults[1], cjson.encode({defaults[2]}))
    local copy = moved(fields)
    for _, word in ipairs({'queue', q.name, 'group', g.name, 'reason', reason, 'attempts',
      text(info.attempts), 'id', id, 'sent-at', iso(millisOf(id)), 'at', iso(now)}) do
      copy[#copy + 1] = #copy % 2 == 0 and 'x-dead-' .. word or word
    end
    if info.first > 0 then
      copy[#copy + 1] = 'x-dead-first-received-at'
      copy[#copy + 1] = iso(info.first)
    end
    put(letters, copy)
    absorb(letters)
  end
  done(q, g, id, m)
  finish(q, id)
  count(q, 2)
end

-- What is due goes on.
local function promote(q, g)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', g.due, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    redis.call('ZREM', g.due, id)
    local m = metaOf(q, id)
    if redis.call('HEXISTS', g.info, id) == 1 then toReady(q, g, id, m) else offer(q, g, id, m) end
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', g.given, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    redis.call('ZREM', g.given, id)
    count(q, 1)
    local m = metaOf(q, id)
    if exhausted(q, infoOf(g, id)) then bury(q, g, id, m, LATE) else toReady(q, g, id, m) end
  end
end

-- Does what is due.
local function tidy(q)
  absorb(q)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', q.expires, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    if not redis.call('ZSCORE', q.kept, id) then count(q, 3) end
    remove(q, id)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', q.kept, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    remove(q, id)
  end
  for _, word in ipairs(redis.call('ZRANGEBYSCORE', q.windows, '-inf', now, 'LIMIT', 0, AT_ONCE)) do
    redis.call('ZREM', q.windows, word)
    redis.call('HDEL', q.ids, word)
  end
  for _, g in ipairs(q.groups) do
    catchUp(q, g)
    promote(q, g)
  end
end

local function viewOf(q)
  local kept = redis.call('HMGET', q.key, 'definition', 'bytes', 'revision', 'subscriptions')
  local oldest, groups = nil, {}
  for i, g in ipairs(q.groups) do
    local open = redis.call('ZCARD', g.open)
    local due, given = redis.call('ZCARD', g.due), redis.call('ZCARD', g.given)
    local first = redis.call('ZRANGE', g.open, 0, 0)[1]
    if first and (not oldest or first < oldest) then oldest = first end
    groups[i] = {g.name, open - due - given, due, given}
  end
  local age = oldest and math.max(0, now - millisOf(oldest)) or 0
  return {q.name, kept[1], redis.call('XLEN', q.stream), tonumber(kept[2]), age, groups,
    kept[4] or '[]', tonumber(kept[3])}
end

local function body()
--BODY--
end

local answer = body()
for name in pairs(woken) do redis.call('PUBLISH', TAG .. 'ready', name) end
local told = {}
for name, all in pairs(counts) do told[#told + 1] = {name, unpack(all)} end
return {answer, told}
