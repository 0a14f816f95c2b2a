-- KEYS: 4 values by name, 5 shards by name, 6 revisions by name, 7 names in order, 8 sequences.
-- ARGV: 4 what to do, then its arguments. One server adds as fast for one key as for many, so a
-- counter of several shards is only marked as one.
local VALUES, SHARDS, REVISIONS, NAMES, SEQUENCES = KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]

local function increment(hash, name, step)
  local done = redis.pcall('HINCRBY', hash, name, step)
  return type(done) ~= 'table' and redis.call('HGET', hash, name)
end

local function written(name, revision)
  redis.call('HSET', REVISIONS, name, revision)
  redis.call('ZADD', NAMES, 0, name)
end

local function undo(before)
  for name, value in pairs(before) do
    if value then redis.call('HSET', VALUES, name, value) else redis.call('HDEL', VALUES, name) end
  end
end

local function add(several)
  local before, answer = {}, {'OK', ''}
  for i = 5, #ARGV, 4 do
    local name, step, floor, ceiling = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
    local sharded = redis.call('HGET', SHARDS, name)
    if sharded and several then
      undo(before)
      return {'CONFLICT', name .. ' has shards'}
    end
    if sharded and (floor ~= '-9223372036854775808' or ceiling ~= '9223372036854775807') then
      return {'INVALID', 'and ceiling need a counter of one shard', '/floor'}
    end
    before[name] = redis.call('HGET', VALUES, name)
    local after = increment(VALUES, name, step)
    if not after or less(after, floor) or less(ceiling, after) then
      undo(before)
      return {'CONFLICT', name .. ' would pass its bounds'}
    end
    answer[#answer + 1] = sharded and '' or after
  end
  answer[2] = revise()
  for i = 5, #ARGV, 4 do written(ARGV[i], answer[2]) end
  return answer
end

local function set(name, value, ifValue, ifRevision, shards)
  local present = redis.call('HGET', VALUES, name)
  local revision = redis.call('HGET', REVISIONS, name) or '0'
  if redis.call('HGET', SHARDS, name) then
    return {'CONFLICT', name .. ' has shards: it can be reset or removed'}
  end
  local found = present and ' holds ' .. present .. ' at revision ' .. revision or ' is not there'
  if shards ~= '1' and present then return {'CONFLICT', name .. found} end
  if ifValue ~= '' and ifValue ~= present or ifRevision ~= '' and ifRevision ~= revision then
    return {'STALE', name .. found}
  end
  redis.call('HSET', VALUES, name, value)
  if shards ~= '1' then redis.call('HSET', SHARDS, name, shards) end
  local now = revise()
  written(name, now)
  return {'OK', value, shards, now}
end

local function reset(name)
  if not redis.call('HGET', VALUES, name) then return {'OK'} end
  redis.call('HSET', VALUES, name, '0')
  local now = revise()
  written(name, now)
  return {'OK', '0', redis.call('HGET', SHARDS, name) or '1', now}
end

local function delete(name)
  if redis.call('HDEL', VALUES, name) == 0 then return {'OK'} end
  redis.call('HDEL', SHARDS, name)
  redis.call('HDEL', REVISIONS, name)
  redis.call('ZREM', NAMES, name)
  return {'OK', revise()}
end

local function take(name, count)
  local last = increment(SEQUENCES, name, count)
  if not last then return {'CONFLICT', 'the numbers of ' .. name .. ' are used up'} end
  return {'OK', last, revise()}
end

local function read(answer, name)
  local value = redis.call('HGET', VALUES, name)
  if value then
    answer[#answer + 1] = name
    answer[#answer + 1] = value
    answer[#answer + 1] = redis.call('HGET', SHARDS, name) or '1'
    answer[#answer + 1] = redis.call('HGET', REVISIONS, name)
  end
  return answer
end

local function list(prefix, after, limit)
  local from = after ~= '' and '(' .. after or '[' .. prefix
  local answer = {'OK', redis.call('GET', KEYS[1]) or '0'}
  local names =
      redis.call('ZRANGEBYLEX', NAMES, from, '[' .. prefix .. '\255', 'LIMIT', '0', limit)
  for _, name in ipairs(names) do read(answer, name) end
  return answer
end

local what = ARGV[4]
if what == 'add' then return add(false) end
if what == 'addAll' then return add(true) end
if what == 'set' then return set(ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]) end
if what == 'reset' then return reset(ARGV[5]) end
if what == 'delete' then return delete(ARGV[5]) end
if what == 'take' then return take(ARGV[5], ARGV[6]) end
if what == 'list' then return list(ARGV[5], ARGV[6], ARGV[7]) end
return read({'OK'}, ARGV[5])
