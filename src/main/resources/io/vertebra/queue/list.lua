-- ARGV from 3: the bounds of the names, most queues. Answers whether there are more, and the queues.
local most = tonumber(ARGV[5])
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[3], ARGV[4], 'LIMIT', 0, most + 1)
local views = {}
for i = 1, math.min(most, #names) do
  local q = load(names[i])
  absorb(q)
  for _, g in ipairs(q.groups) do promote(q, g) end
  views[i] = viewOf(q)
end
return {'OK', #names > most and 1 or 0, views}
