-- KEYS: 1 the last number, 2 documents by name, 3 versions by name. ARGV: numbers to reserve, then
-- names. Numbers follow the clock so that a lost database does not begin again with small ones.
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local number = string.format('%.0f', math.max(last, micros))
redis.call('SET', KEYS[1], string.format('%.0f', tonumber(number) + ARGV[1]))
local answer = {string.format('%.0f', math.floor(micros / 1000)), number}
for i = 2, #ARGV do
  local document = redis.call('HGET', KEYS[2], ARGV[i])
  if document then
    answer[#answer + 1] = ARGV[i]
    answer[#answer + 1] = redis.call('HGET', KEYS[3], ARGV[i])
    answer[#answer + 1] = document
  end
end
return answer
