-- KEYS: 4 sessions by handle, 5 handles by when they end, 6 handles in order, 7 principals and
-- handles in order. ARGV: 4 what to do, 5 the time in ms or '' for the server's, 6 handle, then its
-- arguments. A session is its principal, a zero byte and a text.
local SESSIONS, ENDS, HANDLES, OWNED = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local now = ARGV[5] ~= '' and tonumber(ARGV[5]) or nowMs()
local handle = ARGV[6]

local function owner(session)
  return session:match('^(%Z*)%z')
end

local function present(name)
  local ends = redis.call('ZSCORE', ENDS, name)
  return ends and tonumber(ends) > now and redis.call('HGET', SESSIONS, name)
end

local function drop(name)
  local session = redis.call('HGET', SESSIONS, name)
  if not session then return '' end
  redis.call('HDEL', SESSIONS, name)
  redis.call('ZREM', ENDS, name)
  redis.call('ZREM', HANDLES, name)
  redis.call('ZREM', OWNED, owner(session) .. '\0' .. name)
  return owner(session)
end

local function touch(name, idle, last)
  redis.call('ZADD', ENDS, string.format('%.0f', math.min(now + idle, tonumber(last))), name)
end

local function put(name, session, idle, last)
  drop(name)
  redis.call('HSET', SESSIONS, name, session)
  redis.call('ZADD', HANDLES, 0, name)
  if owner(session) ~= '' then redis.call('ZADD', OWNED, 0, owner(session) .. '\0' .. name) end
  touch(name, idle, last)
  return {'OK', 'true'}
end

local function changed(stamp)
  local session = present(handle)
  return not session or redis.sha1hex(session) ~= stamp
end

local function list(principal, after, most)
  local key, before = HANDLES, ''
  if principal ~= '' then key, before = OWNED, principal .. '\0' end
  local from = after ~= '' and '(' .. before .. after or '[' .. before
  local to = principal ~= '' and '(' .. principal .. '\1' or '+'
  local names = redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, most + 1)
  local answer = {'OK', ''}
  for i = 1, math.min(#names, most) do
    local name = names[i]:sub(#before + 1)
    if i == tonumber(most) and #names > i then answer[2] = name end
    local session = present(name)
    if session then
      answer[#answer + 1] = name
      answer[#answer + 1] = session
    end
  end
  return answer
end

local function sweep(most)
  local answer = {'OK'}
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', now, 'LIMIT', 0, most)) do
    answer[#answer + 1] = name
    answer[#answer + 1] = drop(name)
  end
  return answer
end

local what = ARGV[4]
if what == 'find' then
  local session = present(handle)
  return session and {'OK', handle, session} or {'OK'}
end
if what == 'create' then
  if present(handle) then return {'OK', 'false'} end
  return put(handle, ARGV[7], ARGV[8], ARGV[9])
end
if what == 'touch' then
  if not present(handle) then return {'OK', 'false'} end
  touch(handle, ARGV[7], ARGV[8])
  return {'OK', 'true'}
end
if what == 'replace' then
  if changed(ARGV[7]) then return {'OK', 'false'} end
  return put(handle, ARGV[8], ARGV[9], ARGV[10])
end
if what == 'move' then
  if changed(ARGV[7]) or present(ARGV[8]) then return {'OK', 'false'} end
  drop(handle)
  return put(ARGV[8], ARGV[9], ARGV[10], ARGV[11])
end
if what == 'remove' then
  if not present(handle) then return {'OK', 'false'} end
  drop(handle)
  return {'OK', 'true'}
end
if what == 'list' then return list(ARGV[7], ARGV[8], tonumber(ARGV[9])) end
return sweep(ARGV[7])
