-- ARGV[3]: what is to be done with the queue of this name; its arguments follow.
local does = {}

local function drop(g)
  redis.call('UNLINK', g.open, g.ready, g.due, g.given, g.info, g.heads, g.lanes)
end

-- Has all messages looked at that no group may want any more.
local function lookAgain(q) redis.call('HSET', q.key, 'swept', string.rep('0', 16)) end

local function after(id)
  local number = tonumber(id:sub(12), 16)
  if number < 1048575 then return id:sub(1, 11) .. string.format('%05x', number + 1) end
  return string.format('%011x00000', millisOf(id) + 1)
end

local function before(id)
  local number = tonumber(id:sub(12), 16)
  if number > 0 then return id:sub(1, 11) .. string.format('%05x', number - 1) end
  return millisOf(id) == 0 and id or string.format('%011xfffff', millisOf(id) - 1)
end

-- The least id that none had.
local function nextId(q)
  if redis.call('EXISTS', q.stream) == 0 then return after(q.cursor) end
  local told = redis.call('XINFO', 'STREAM', q.stream)
  for i = 1, #told, 2 do
    if told[i] == 'last-generated-id' then return after(idOf(told[i + 1])) end
  end
end

-- The revision that it must have or '', the definition, those of its dead letters, most queues.
function does.define(q, name, revision, definition, letters, most)
  local present = q and redis.call('HGET', q.key, 'revision')
  if revision ~= '' and revision ~= (present or '0') then
    local state = q and ' is at revision ' .. present or ' is not there'
    return failure('STALE', 'queue ' .. name .. state)
  end
  if not q then
    if redis.call('ZCARD', KEYS[1]) >= tonumber(most) then
      return failure('LIMITED', 'there are ' .. most .. ' queues, which is the most')
    end
    return {'OK', viewOf(create(name, definition, letters))}
  end
  tidy(q)
  redis.call('HSET', q.key, 'definition', definition, 'letters', letters, 'revision', text(numbers(1)))
  lookAgain(q)
  return {'OK', viewOf(load(name))}
end

function does.get(q)
  tidy(q)
  return {'OK', viewOf(q)}
end

local function subscriptions(q)
  return cjson.decode(redis.call('HGET', q.key, 'subscriptions') or '[]')
end

local function saveSubscriptions(q, all)
  redis.call('HSET', q.key, 'subscriptions', #all == 0 and '[]' or cjson.encode(all))
  redis.call(#all == 0 and 'SREM' or 'SADD', TAG .. 'subscribed', q.name)
end

-- Ends subscriptions of a group, or of all if it is nil, at an address, or at all if that is nil.
local function unsubscribe(q, group, address)
  local rest, before = {}, subscriptions(q)
  for _, each in ipairs(before) do
    if (group or each.group) ~= each.group or (address or each.address) ~= each.address then
      rest[#rest + 1] = each
    else
      redis.call('HDEL', TAG .. 'served', serving(q.name, each))
    end
  end
  if #rest < #before then saveSubscriptions(q, rest) end
  return #before - #rest
end

-- What it is as JSON, most subscriptions.
function does.subscribe(q, name, wanted, most)
  local subscription = cjson.decode(wanted)
  if not groupNamed(q, subscription.group) then return noGroup(q, subscription.group) end
  unsubscribe(q, subscription.group, subscription.address)
  local all = subscriptions(q)
  if #all >= tonumber(most) then
    return failure('LIMITED', 'the queue has ' .. most .. ' subscriptions, which is the most')
  end
  all[#all + 1] = subscription
  saveSubscriptions(q, all)
  return {'OK', viewOf(q)}
end

function does.unsubscribe(q, name, group, address)
  if unsubscribe(q, group, address) == 0 then
    return failure('NOT_FOUND',
      'queue ' .. name .. ' has no subscription of ' .. address .. ' for ' .. group)
  end
  return {'OK', viewOf(q)}
end

function does.delete(q)
  unsubscribe(q)
  for _, g in ipairs(q.groups) do drop(g) end
  redis.call('UNLINK', q.key, q.stream, q.meta, q.expires, q.kept, q.ids, q.windows,
    TAG .. 'redrive:' .. q.name)
  redis.call('ZREM', KEYS[1], q.name)
  return {'OK'}
end

-- The stream stays, with the groups that others made of it.
function does.purge(q)
  tidy(q)
  local count = redis.call('XLEN', q.stream)
  q.cursor = before(nextId(q))
  for _, g in ipairs(q.groups) do
    drop(g)
    g.behind = ''
  end
  saveGroups(q)
  redis.call('HSET', q.key, 'cursor', q.cursor, 'bytes', 0)
  redis.call('UNLINK', q.meta, q.expires, q.kept, q.ids, q.windows)
  if count > 0 then redis.call('XTRIM', q.stream, 'MAXLEN', 0) end
  return {'OK', count}
end

-- The group, where it begins: 'first', 'last' or milliseconds; most groups.
function does.seek(q, name, group, begin, most)
  tidy(q)
  local g = groupNamed(q, group)
  if not g then
    if #q.groups >= tonumber(most) then
      return failure('LIMITED', 'the queue has ' .. most .. ' groups, which is the most')
    end
    g = groupOf(name, {name = group})
    q.groups[#q.groups + 1] = g
  end
  drop(g)
  g.begin = begin == 'first' and string.rep('0', 16) or begin == 'last' and nextId(q)
    or string.format('%011x00000', math.min(math.max(0, tonumber(begin)), MOST_MILLIS))
  g.behind = g.begin <= q.cursor and before(g.begin) or ''
  saveGroups(q)
  catchUp(q, g)
  redis.call('HSET', q.key, 'revision', text(numbers(1)))
  lookAgain(q)
  woken[name] = true
  return {'OK', viewOf(q)}
end

function does.remove(q, name, group)
  local g = groupNamed(q, group)
  if not g then return noGroup(q, group) end
  if #q.groups == 1 then return failure('CONFLICT', 'a queue needs a group') end
  drop(g)
  unsubscribe(q, group)
  local rest = {}
  for _, each in ipairs(q.groups) do if each.name ~= group then rest[#rest + 1] = each end end
  q.groups = rest
  saveGroups(q)
  redis.call('HSET', q.key, 'revision', text(numbers(1)))
  lookAgain(q)
  return {'OK', viewOf(q)}
end

local q = load(ARGV[2])
if not q and ARGV[3] ~= 'define' then return missing(ARGV[2]) end
return does[ARGV[3]](q, ARGV[2], unpack(ARGV, 4))
