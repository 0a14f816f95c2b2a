-- ARGV[3]: begin, step, state, cancel or preview; its arguments follow. Answers how far it is.
local RUNS_FOR = 10000
local EXAMINED = 1000
local SAMPLES = 10
local q = load(ARGV[2])
if not q then return missing(ARGV[2]) end
local key = TAG .. 'redrive:' .. q.name
local NUMBERS = {'examined', 'matched', 'moved', 'failed'}

local function read()
  local state = {}
  local kept = redis.call('HGETALL', key)
  for i = 1, #kept, 2 do state[kept[i]] = kept[i + 1] end
  for _, name in ipairs(NUMBERS) do state[name] = tonumber(state[name] or '0') end
  return state
end

local function write(state)
  local kept = {}
  for name, value in pairs(state) do
    kept[#kept + 1] = name
    kept[#kept + 1] = type(value) == 'number' and text(value) or value
  end
  redis.call('HSET', key, unpack(kept))
end

local function answer(state)
  return {'OK', state.status, state.examined, state.matched, state.moved, state.failed, state.samples,
    state.detail, state.run}
end

local function isRunning(state)
  return state.status == 'RUNNING' and now - tonumber(state.at) < RUNS_FOR
end

-- Whether a message is one of those that are wanted; the values of its fields by their names.
local function fits(filter, id, values)
  if filter.key and filter.key ~= values['@key'] or filter.from and id < filter.from
      or filter['until'] and id >= filter['until'] then
    return false
  end
  for name, value in pairs(filter.headers) do if values[name] ~= value then return false end end
  return not filter.reason or (values['x-dead-reason'] or ''):find(filter.reason, 1, true) ~= nil
end

-- Moves a message; answers why not if it cannot be.
local function move(to, id, fields)
  if to == '' then return 'a message is no dead letter' end
  local target = to == q.name and q or load(to)
  if not target then return 'there is no queue ' .. to end
  if held(q, id) then return 'a message is being worked on' end
  put(target, moved(fields))
  absorb(target)
  remove(q, id)
end

-- Looks at some messages from the cursor of a state on, and moves at most so many.
local function go(state, most)
  local request, samples = cjson.decode(state.request), cjson.decode(state.samples)
  local first = state.matched
  for _ = 1, EXAMINED do
    if state.matched - first >= most then break end
    local entry = redis.call('XRANGE', q.stream, '(' .. streamId(state.cursor), '+', 'COUNT', 1)[1]
    local id = entry and idOf(entry[1])
    if not id or id > state['end'] then
      if state.status == 'RUNNING' then state.status = 'DONE' end
      state.over = '1'
      break
    end
    state.cursor, state.examined = id, state.examined + 1
    local values = {}
    for i = 1, #entry[2], 2 do values[entry[2][i]] = entry[2][i + 1] end
    if fits(request.filter, id, values) then
      state.matched = state.matched + 1
      if #samples < SAMPLES then samples[#samples + 1] = id end
      if state.status == 'RUNNING' then
        local problem = move(request.to or values['x-dead-queue'] or '', id, entry[2])
        state.detail = problem or state.detail
        local counter = problem and 'failed' or 'moved'
        state[counter] = state[counter] + 1
      end
    end
  end
  state.samples = #samples == 0 and '[]' or cjson.encode(samples)
end

local function fresh(status, request)
  return {status = status, request = request, cursor = string.rep('0', 16), examined = 0, matched = 0,
    moved = 0, failed = 0, samples = '[]', detail = '', at = text(now), run = text(numbers(1))}
end

tidy(q)
local action = ARGV[3]
if action == 'begin' then
  if isRunning(read()) then return failure('CONFLICT', 'another redrive of the queue runs') end
  local state = fresh('RUNNING', ARGV[4])
  local last = redis.call('XREVRANGE', q.stream, '+', '-', 'COUNT', 1)[1]
  state['end'] = last and idOf(last[1]) or state.cursor
  redis.call('DEL', key)
  write(state)
  return answer(state)
elseif action == 'preview' then
  local state = fresh('PREVIEW', ARGV[4])
  state.cursor, state['end'] = ARGV[5], string.rep('f', 16)
  go(state, EXAMINED)
  local told = answer(state)
  told[#told + 1] = state.over and '' or state.cursor
  return told
end
local state = read()
if not state.status then
  return failure('NOT_FOUND', 'no redrive of ' .. q.name .. ' is known')
end
if action == 'step' and state.run == ARGV[4] and state.status == 'RUNNING' then
  go(state, tonumber(ARGV[5]))
  state.at = text(now)
  write(state)
elseif action == 'cancel' and state.status == 'RUNNING' then
  state.status = 'CANCELLED'
  write(state)
elseif state.status == 'RUNNING' and not isRunning(state) then
  state.status = 'CANCELLED'
end
return answer(state)
