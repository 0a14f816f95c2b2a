-- KEYS: 1 documents by name, 2 versions by name, 3 names in order, 4 names by the time until which
-- they are kept. ARGV: 1 most names, 2 ms that the clock is ahead.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
local names = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. now, 'LIMIT', '0', ARGV[1])
for _, name in ipairs(names) do
  redis.call('HDEL', KEYS[1], name)
  redis.call('HDEL', KEYS[2], name)
  redis.call('ZREM', KEYS[3], name)
  redis.call('ZREM', KEYS[4], name)
end
return {tostring(#names)}
