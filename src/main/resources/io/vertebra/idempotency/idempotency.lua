-- KEYS: 4 work by scope and key, 5 bytes of answers by scope, 6 work that is done and 7 work under
-- way by when it ends. ARGV: 4 what to do, 5 the time in ms or '' for the server's, 6 scope, 7 key, then its arguments. Work is JSON:
-- fingerprint, owner, token, lease (ms), until (ms), and answer once it is done.
local WORK, BYTES, ENDS, LEASES = KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local now = ARGV[5] ~= '' and tonumber(ARGV[5]) or nowMs()
local scope, field = ARGV[6], ARGV[6] .. '\0' .. ARGV[7]

local function remove(name, text)
  local work = cjson.decode(text)
  redis.call('HDEL', WORK, name)
  redis.call('ZREM', ENDS, name)
  redis.call('ZREM', LEASES, name)
  if work.answer then
    local of = name:match('^(%Z*)%z')
    local left = redis.call('HINCRBY', BYTES, of, -(#name + #text))
    if left <= 0 then redis.call('HDEL', BYTES, of) end
  end
  return work
end

local function put(work)
  local text = cjson.encode(work)
  redis.call('HSET', WORK, field, text)
  redis.call('ZREM', LEASES, field)
  redis.call('ZADD', work.answer and ENDS or LEASES, work['until'], field)
  return #field + #text
end

-- What is there and has not ended.
local function present()
  local text = redis.call('HGET', WORK, field)
  if not text then return nil end
  local work = cjson.decode(text)
  return work['until'] > now and work or nil
end

local function standing(work)
  local left = string.format('%.0f', work['until'] - now)
  if work.answer then return {'OK', 'COMPLETED', '0', work.owner, left, work.answer} end
  return {'OK', 'IN_PROGRESS', '0', work.owner, left, ''}
end

local function begin(fingerprint, owner, lease, mostBytes)
  local work = present()
  if work and work.fingerprint ~= fingerprint then
    return {'MISMATCH', 'key ' .. ARGV[7] .. ' belongs to another request'}
  end
  if work then return standing(work) end
  local bytes = redis.call('HGET', BYTES, scope) or '0'
  if not less(bytes, mostBytes) then
    return {'LIMITED', 'the answers of ' .. scope .. ' take ' .. bytes .. ' bytes'}
  end
  local ended = redis.call('HGET', WORK, field)
  if ended then remove(field, ended) end
  local token = revise()
  put({fingerprint = fingerprint, owner = owner, token = token, lease = lease,
       ['until'] = now + lease})
  return {'OK', 'STARTED', token, owner, lease, ''}
end

local function lost()
  return {'FENCED', ARGV[7] .. ' is not held with this token any more'}
end

local function complete(token, retention, answer)
  local work = present()
  if not work or work.token ~= token then return lost() end
  if not work.answer then
    work.answer = answer
    work['until'] = now + retention
    redis.call('HINCRBY', BYTES, scope, put(work))
  end
  return {'OK'}
end

local function abort(token)
  local work = present()
  if not work then
    return {'OK', 'false'}
  end
  if work.token ~= token then return lost() end
  if work.answer then return {'CONFLICT', ARGV[7] .. ' is completed'} end
  remove(field, redis.call('HGET', WORK, field))
  return {'OK', 'true'}
end

local function extend(token)
  local work = present()
  if not work or work.token ~= token or work.answer then return lost() end
  work['until'] = now + work.lease
  put(work)
  return {'OK', work.lease}
end

local function forget(ends, most)
  local names = redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', '0', most)
  for _, name in ipairs(names) do remove(name, redis.call('HGET', WORK, name)) end
  return #names
end

local function sweep(most)
  forget(LEASES, most)
  return {'OK', tostring(forget(ENDS, most))}
end

local what = ARGV[4]
if what == 'begin' then return begin(ARGV[8], ARGV[9], ARGV[10], ARGV[11]) end
if what == 'complete' then return complete(ARGV[8], ARGV[9], ARGV[10]) end
if what == 'abort' then return abort(ARGV[8]) end
if what == 'extend' then return extend(ARGV[8]) end
if what == 'sweep' then return sweep(ARGV[8]) end
local work = present()
return work and standing(work) or {'OK'}
