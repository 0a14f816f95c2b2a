-- ARGV from 3: a node, for how many milliseconds. Claims subscriptions that no other node serves. Answers
-- queues and those of their subscriptions that are this node's, as JSON.
local served = TAG .. 'served'
local answers = {}
for _, name in ipairs(redis.call('SMEMBERS', TAG .. 'subscribed')) do
  local mine = {}
  for _, each in ipairs(cjson.decode(redis.call('HGET', TAG .. 'queue:' .. name, 'subscriptions'))) do
    local field = serving(name, each)
    local ends, node = (redis.call('HGET', served, field) or '0 '):match('^(%d+) (.*)$')
    if node == ARGV[3] or tonumber(ends) <= now then
      redis.call('HSET', served, field, text(now + tonumber(ARGV[4])) .. ' ' .. ARGV[3])
      mine[#mine + 1] = each
    end
  end
  if #mine > 0 then answers[#answers + 1] = {name, cjson.encode(mine)} end
end
return {'OK', answers}
