-- KEYS: 1 the last revision, 2 the greatest token seen of the fence's lock, 3 the answer kept for
-- the idempotency key. ARGV: 1 token or '', 2 digest of the request or '', 3 ms to keep answers.
local FENCE_KEPT_MS = '2592000000'

-- Whether a < b, both 64 bit numbers as decimal text: Lua's own numbers hold 53 bits.
local function less(a, b)
  local minusA, minusB = a:sub(1, 1) == '-', b:sub(1, 1) == '-'
  if minusA ~= minusB then return minusA end
  if minusA then a, b = b:sub(2), a:sub(2) end
  if #a ~= #b then return #a < #b end
  return a < b
end

-- The next revision: later than all before, and by the clock so that a lost database does not
-- begin again with small ones.
local function revise()
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local last = tonumber(redis.call('GET', KEYS[1]) or '0')
  local text = string.format('%.0f', math.max(last + 1, now))
  redis.call('SET', KEYS[1], text)
  return text
end

local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function body()
--BODY--
end

if ARGV[2] ~= '' then
  local kept = redis.call('GET', KEYS[3])
  if kept then
    local answer = cjson.decode(kept)
    if answer[1] ~= ARGV[2] then
      return {'MISMATCH', 'the idempotency key belongs to another request'}
    end
    answer[1] = 'REPLAYED'
    return answer
  end
end
if ARGV[1] ~= '' then
  local known = redis.call('GET', KEYS[2])
  if known and less(ARGV[1], known) then
    return {'FENCED', 'token ' .. known .. ' of the lock was seen'}
  end
end
local answer = body()
if answer[1] == 'OK' then
  if ARGV[1] ~= '' then redis.call('SET', KEYS[2], ARGV[1], 'PX', FENCE_KEPT_MS) end
  if ARGV[2] ~= '' then
    answer[1] = ARGV[2]
    redis.call('SET', KEYS[3], cjson.encode(answer), 'PX', ARGV[3])
    answer[1] = 'OK'
  end
end
return answer
