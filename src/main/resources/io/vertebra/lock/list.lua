-- KEYS: 1 documents by name, 2 versions by name, 3 names in order. ARGV: 1 prefix, 2 the name after
-- which to begin or '', 3 most names.
local time = redis.call('TIME')
local answer = {string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), '0'}
local from = ARGV[2] ~= '' and '(' .. ARGV[2] or '[' .. ARGV[1]
local names = redis.call(
    'ZRANGEBYLEX', KEYS[3], from, '[' .. ARGV[1] .. '\255', 'LIMIT', '0', ARGV[3])
for _, name in ipairs(names) do
  answer[#answer + 1] = name
  answer[#answer + 1] = redis.call('HGET', KEYS[2], name)
  answer[#answer + 1] = redis.call('HGET', KEYS[1], name)
end
return answer
