-- One change of the state of one key, as one step. What is answered to callers is told elsewhere, by
-- the same code as for other engines, from what this answers: the time and the state before.
-- KEYS: 1 the state. ARGV: 1 what to do, 2 the time in microseconds or '' for the server's, 3 how
-- many ms to keep what is as good as new, then what is done and its numbers. Numbers stay below 2^53,
-- which doubles hold exactly; products are compared in two parts.
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local function arg(i) return tonumber(ARGV[i]) end

local function text(number) return string.format('%.0f', number) end

-- A state is its kind (a: arrival, w: window, h: held), refusals, end of penalty, when it is as good
-- as new, and what its kind has.
local function read(value)
  if not value then return nil end
  local words = {}
  for word in value:gmatch('%S+') do words[#words + 1] = word end
  local state = {kind = words[1], refusals = tonumber(words[2]), blocked = tonumber(words[3])}
  state.fresh = tonumber(words[4])
  for i = 5, #words do
    state[#state + 1] = state.kind == 'h' and words[i] or tonumber(words[i])
  end
  return state
end

local function write(kind, state, refusals, blocked, fresh)
  local words = {kind, text(refusals), text(blocked), text(fresh)}
  for i = 1, #state do words[#words + 1] = kind == 'h' and state[i] or text(state[i]) end
  local keep = math.max(1, math.ceil((fresh - now) / 1000)) + arg(3)
  redis.call('SET', KEYS[1], table.concat(words, ' '), 'PX', text(keep))
end

-- A permit is its name, how many, the end of its lease, and how many were held before, if any were.
local function permit(word)
  local id, count, ends, before = word:match('^([^:]*):(%d+):(%d+):?(%d*)$')
  return id, tonumber(count), tonumber(ends), tonumber(before) or 0
end

local function word(id, count, ends, before)
  local first = id .. ':' .. text(count) .. ':' .. text(ends)
  return before > 0 and first .. ':' .. text(before) or first
end

-- 20 bits times 43 bits, as two parts of which the second has 21 bits.
local function product(few, many)
  local low = few * (many % 2097152)
  return few * math.floor(many / 2097152) + math.floor(low / 2097152), low % 2097152
end

local function atMost(few, many, otherFew, otherMany)
  local high, low = product(few, many)
  local otherHigh, otherLow = product(otherFew, otherMany)
  return high < otherHigh or (high == otherHigh and low <= otherLow)
end

-- Each answers: whether it is allowed, the state then (nil if nothing changed), and after how long it
-- is as good as new. Numbers are ARGV from 6 on.
local take = {}

-- 6 wanted, 7 whether it can ever be, 8 and 9 its time, 10 and 11 that of a full bucket, 12 parts of
-- a microsecond. Times are whole microseconds and parts.
function take.a(state)
  local fullWhole, fullPart, parts = arg(10), arg(11), arg(12)
  local at, part, whole = state[1] or 0, state[2] or 0, 0
  if at < now then
    part = 0
  elseif at - now > fullWhole then
    whole, part = fullWhole, fullPart
  else
    whole, part = at - now, math.min(part, parts - 1)
    if whole == fullWhole and part > fullPart then part = fullPart end
  end
  local nextWhole, nextPart = whole + arg(8), part + arg(9)
  if nextPart >= parts then nextWhole, nextPart = nextWhole + 1, nextPart - parts end
  local over = nextWhole > fullWhole or (nextWhole == fullWhole and nextPart > fullPart)
  if arg(7) == 0 or over then
    local setBack = at - now > fullWhole + 1
    return false, setBack and {now + whole, part} or nil, whole + (part > 0 and 1 or 0)
  end
  return true, {now + nextWhole, nextPart}, nextWhole + (nextPart > 0 and 1 or 0)
end

local function rolled(state, length)
  local start = now - now % length
  local last = state[1]
  if not last or last < start - length then return {start, 0, 0} end
  if last >= start then return last > start + 2 * length and {start, state[2], 0} or state end
  return {start, 0, last == start - length and state[2] or 0}
end

-- 6 wanted, 7 permits, 8 length.
function take.s(state)
  local wanted, permits, length = arg(6), arg(7), arg(8)
  local window = rolled(state, length)
  local elapsed = math.max(0, now - window[1])
  local before, used = math.min(permits, window[3]), math.min(permits, window[2])
  local free = permits - used - wanted
  local function reset(of)
    if of[2] > 0 then return 2 * length - elapsed end
    return of[3] > 0 and length - elapsed or 0
  end
  if wanted == 0 or (free >= 0 and atMost(before, length - elapsed, free, length)) then
    local after = {window[1], used + wanted, before}
    return true, after, reset(after)
  end
  return false, state[1] and state[1] > window[1] and window or nil, reset(window)
end

-- 6 wanted, 7 permits, 8 the window's begin, 9 the next one's.
function take.c(state)
  local wanted, permits, from, to = arg(6), arg(7), arg(8), arg(9)
  local window = state
  if not state[1] or state[1] < from then
    window = {from, 0, 0}
  elseif state[1] - now > 2 * (to - from) then
    window = {from, state[2], 0}
  end
  local used = math.min(permits, window[2])
  if wanted > permits - used then
    return false, state[1] and state[1] > window[1] and window or nil, used == 0 and 0 or to - now
  end
  return true, {window[1], used + wanted, 0}, used + wanted == 0 and 0 or to - now
end

-- 6 wanted, 7 permits, 8 lease, 9 the permit's name.
function take.h(state)
  local wanted, permits, name = arg(6), arg(7), ARGV[9]
  local held, count, own, reset, all = {}, 0, 0, 0, 0
  for i = 1, #state do
    local id, many, ends = permit(state[i])
    if ends > now then
      all = math.max(all, ends - now)
      if id == name then
        own = many
      else
        held[#held + 1] = state[i]
        count = count + many
        reset = math.max(reset, ends - now)
      end
    end
  end
  local renews = own > 0 and wanted <= own
  if wanted > permits - count and not renews then return false, nil, all end
  if wanted > 0 and name ~= '' then
    held[#held + 1] = word(name, math.max(own, wanted), now + arg(8), own)
    reset = math.max(reset, arg(8))
  end
  return true, held, reset
end

local KEPT = {a = 'a', s = 'w', c = 'w', h = 'h'}
local FRESH = {a = {0, 0}, w = {0, 0, 0}, h = {}}

-- ARGV: 4 refusals before a penalty, 5 its length.
local function taken(rule, state)
  local kind, refusals = KEPT[rule], 0
  if state and state.fresh > now then
    if state.blocked > now then return end
    refusals = state.refusals
  else
    state = nil
  end
  local same = state and state.kind == kind and state or {}
  local allowed, after, reset = take[rule](same)
  if allowed then
    if arg(6) > 0 then write(kind, after, 0, 0, now + reset) end
  elseif arg(4) > 0 then
    local blocks = refusals + 1 >= arg(4)
    local ends = blocks and now + arg(5) or 0
    local kept = after or (state or FRESH[kind])
    local keptKind = after and kind or (state and state.kind or kind)
    write(keptKind, kept, blocks and 0 or refusals + 1, ends, math.max(ends, now + reset))
  elseif after then
    write(kind, after, 0, 0, now + reset)
  end
end

-- Each answers the state without what was taken. ARGV from 4 on.
local undo = {}

-- 4 and 5 the time of what was taken, 6 parts of a microsecond.
function undo.a(state)
  local whole, part = state[1] - arg(4), state[2] - arg(5)
  return part < 0 and {whole - 1, part + arg(6)} or {whole, part}
end

-- 4 how many, 5 the begin of the window in which, 6 its length.
function undo.s(state)
  local many, start, length = arg(4), arg(5), arg(6)
  if state[1] - length >= start then
    local next = state[1] - length == start
    return {state[1], state[2], next and math.max(0, state[3] - many) or state[3]}
  end
  return {state[1], math.max(0, state[2] - many), state[3]}
end

-- 4 how many, 5 when.
function undo.c(state)
  return state[1] <= arg(5) and {state[1], math.max(0, state[2] - arg(4)), 0} or nil
end

-- 4 the permit's name, 5 the end of its lease if only the take that began it is undone: then what was
-- held before stays.
function undo.h(state)
  local held, changed = {}, false
  for i = 1, #state do
    local id, _, ends, before = permit(state[i])
    if id ~= ARGV[4] or (arg(5) and ends ~= arg(5)) then
      held[#held + 1] = state[i]
    else
      changed = true
      if arg(5) and before > 0 then held[#held + 1] = word(id, before, ends, before) end
    end
  end
  return changed and held or nil
end

local function undone(rule, state)
  if state and state.kind == KEPT[rule] then
    local after = undo[rule](state)
    if after then write(state.kind, after, state.refusals, state.blocked, state.fresh) end
  end
end

local what, rule = ARGV[1]:match('^(%a+)%-?(%a?)$')
if rule == 'c' and what == 'take' and (now < arg(8) or now >= arg(9)) then
  return {text(now), '?'}
end
local value = redis.call('GET', KEYS[1])
if what == 'take' then
  taken(rule, read(value))
elseif what == 'undo' then
  undone(rule, read(value))
elseif what == 'reset' then
  redis.call('DEL', KEYS[1])
end
return {text(now), value or ''}
