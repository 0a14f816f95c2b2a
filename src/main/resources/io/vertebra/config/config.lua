-- A map in the order of its keys. KEYS: 4 its keys, 5 its values. Revision 0: never written.
local what = ARGV[4]
local PAGE_KEYS, PAGE_BYTES = 1000, 4194304

-- ARGV: the name.
if what == 'name' then
  redis.call('ZADD', KEYS[4], 0, ARGV[5])
  return {'OK'}
end

-- ARGV: from where on, most names.
if what == 'names' then
  local answer = redis.call('ZRANGEBYLEX', KEYS[4], ARGV[5], '+', 'LIMIT', 0, ARGV[6])
  table.insert(answer, 1, 'OK')
  return answer
end

local revision = redis.call('GET', KEYS[1]) or '0'

-- ARGV: bounds, the revision that is known. Answers the revision, the time, whether there is more,
-- then keys and values; none of these if the revision is the one that is known.
if what == 'range' then
  local time = redis.call('TIME')
  local answer = {'OK', revision, string.format('%.0f', time[1] * 1000000 + time[2]), '0'}
  if revision == ARGV[7] then return answer end
  local keys = redis.call('ZRANGEBYLEX', KEYS[4], ARGV[5], ARGV[6], 'LIMIT', 0, PAGE_KEYS)
  local bytes = 0
  for i, key in ipairs(keys) do
    local value = redis.call('HGET', KEYS[5], key)
    answer[#answer + 1] = key
    answer[#answer + 1] = value
    bytes = bytes + #value
    if bytes > PAGE_BYTES or i == PAGE_KEYS then
      answer[4] = '1'
      break
    end
  end
  return answer
end

-- ARGV: the revision that it must be at, the one that the next must be after, the channel, what is
-- told there, then triples: put, key, value, or remove and bounds.
if revision ~= ARGV[5] then return {'OK', ''} end
for i = 9, #ARGV, 3 do
  if ARGV[i] == 'put' then
    redis.call('ZADD', KEYS[4], 0, ARGV[i + 1])
    redis.call('HSET', KEYS[5], ARGV[i + 1], ARGV[i + 2])
  else
    for _, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[4], ARGV[i + 1], ARGV[i + 2])) do
      redis.call('ZREM', KEYS[4], key)
      redis.call('HDEL', KEYS[5], key)
    end
  end
end
if less(revision, ARGV[6]) then redis.call('SET', KEYS[1], ARGV[6]) end
local next = revise()
redis.call('PUBLISH', ARGV[7], ARGV[8])
return {'OK', next}
