-- Counts a client's requests on one route, tier by tier, by the rules that clients of @nestjs/throttler 6.5.0 see:
-- the request after the limit blocks for one period; blocked requests do not count; a block over, counting begins
-- anew; a blocked tier keeps the tiers after it from counting.
--
-- State of a client on a route: one packed list per tier: {reset, blocked, width, ...}: when the announced period
-- ends and until when the client is blocked (0: it is not), ms; then what has been counted: with width 0 the time of
-- each hit, otherwise pairs of a sub-window's number and its hits, a sub-window being width ms long.

-- Up to this limit every hit is kept by itself; above it, hits are counted in 16 sub-windows to the period.
local MOST_LOGGED = 100
local SUB_WINDOWS = 16

local function add_logged(tier, now, period)
  local kept = { tier[1], 0, 0 }
  for i = 4, #tier do
    if tier[i] + period > now then
      kept[#kept + 1] = tier[i]
    end
  end
  kept[#kept + 1] = now
  return kept, #kept - 3
end

-- The oldest sub-window counts as long as any part of it lies within the period: rather too much than too little.
local function add_counted(tier, now, period, width)
  local kept, sum = { tier[1], 0, width }, 1
  local oldest, current = math.floor((now - period) / width), math.floor(now / width)
  for i = 4, #tier, 2 do
    if tier[i] >= oldest then
      kept[#kept + 1] = tier[i]
      kept[#kept + 1] = tier[i + 1]
      sum = sum + tier[i + 1]
    end
  end
  if #kept > 3 and kept[#kept - 1] >= current then
    kept[#kept] = kept[#kept] + 1
  else
    kept[#kept + 1] = current
    kept[#kept + 1] = 1
  end
  return kept, sum
end

local function seconds(ms)
  return math.ceil(ms / 1000)
end

-- One hit on one tier. Returns the tier and either 1, remaining, seconds to the reset, or 0, seconds of the block.
local function hit(tier, now, period, limit)
  local width = limit > MOST_LOGGED and math.ceil(period / SUB_WINDOWS) or 0
  if not tier or tier[3] ~= width then
    tier = { now + period, 0, width }
  end
  -- Nothing lies further ahead than one period, unless the clock was set back.
  if tier[1] <= now or tier[1] > now + period then
    tier[1] = now + period
  end
  tier[2] = math.min(tier[2], now + period)
  if tier[2] > now then
    return tier, 0, seconds(tier[2] - now)
  end
  if tier[2] > 0 then
    tier = { tier[1], 0, width }
  end
  local counted
  if width == 0 then
    tier, counted = add_logged(tier, now, period)
  else
    tier, counted = add_counted(tier, now, period, width)
  end
  if counted > limit then
    return { tier[1], now + period, width }, 0, seconds(period)
  end
  return tier, 1, limit - counted, seconds(tier[1] - now)
end

-- One request. arguments from first on: the time or '', the number of tiers, then period (ms) and limit of each,
-- the shortest period first. Appends the outcome of every tier that was counted to reply.
local function count(key, arguments, first, reply)
  local tiers = tonumber(arguments[first + 1])
  if tiers == 0 then
    return reply
  end
  local now, packed = clock(arguments[first]), redis.call('GET', key)
  local state = packed and cmsgpack.unpack(packed) or {}
  -- Periods rise. The state of every tier must stay, also when an earlier one blocks.
  local longest = tonumber(arguments[first + 2 * tiers])
  for i = 1, tiers do
    local period, limit = tonumber(arguments[first + 2 * i]), tonumber(arguments[first + 2 * i + 1])
    local tier, allowed, number, reset = hit(state[i], now, period, limit)
    state[i] = tier
    reply[#reply + 1] = allowed
    reply[#reply + 1] = number
    if allowed == 0 then
      break
    end
    reply[#reply + 1] = reset
  end
  redis.call('SET', key, cmsgpack.pack(state), 'PX', string.format('%.0f', longest + math.ceil(longest / SUB_WINDOWS)))
  return reply
end
