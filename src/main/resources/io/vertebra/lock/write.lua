-- KEYS: 1 documents by name, 2 versions by name, 3 names in order, 4 names by the time in ms until
-- which they are kept. ARGV: 1 a channel, then for each document its name, the version it must
-- have, the one it gets, its text, and until when it is kept.
for i = 2, #ARGV, 5 do
  if (redis.call('HGET', KEYS[2], ARGV[i]) or '0') ~= ARGV[i + 1] then return {'0'} end
end
for i = 2, #ARGV, 5 do
  local name = ARGV[i]
  redis.call('HSET', KEYS[2], name, ARGV[i + 2])
  redis.call('HSET', KEYS[1], name, ARGV[i + 3])
  redis.call('ZADD', KEYS[3], 0, name)
  redis.call('ZADD', KEYS[4], ARGV[i + 4], name)
  redis.call('PUBLISH', ARGV[1], name)
end
return {'1'}
