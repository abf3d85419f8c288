-- Counts a client's requests on one route, tier by tier, by the rules that clients of @nestjs/throttler 6.5.0 see:
-- the request after the limit blocks for one period; blocked requests do not count; a block over, counting begins
-- anew; a blocked tier keeps the tiers after it from counting.
--
-- State of a client on a route, packed, one tier after the other: when the announced period ends and until when the
-- client is blocked (0: it is not), ms; how long a slot is, ms; hits in all slots; how many slots; then of each slot its
-- number (which times its length is when it begins) and its hits. Packed, because what a request costs must not grow
-- with what is remembered: only the first slots, which may be over, and the last are looked at.

local HEAD, HEAD_SIZE = '<I6I6I4I4I2', 22
local SLOT, SLOT_SIZE = '<I6I4', 10

-- Up to this limit a slot is one ms, so that hits are counted exactly; above it, there are 16 slots to the period.
local MOST_EXACT = 100
local SLOTS = 16

local function seconds(ms)
  return math.ceil(ms / 1000)
end

local function pack(reset, blocked, width, hits, slots)
  return struct.pack(HEAD, reset, blocked, width, hits, #slots / SLOT_SIZE) .. slots
end

-- Without the slots that are over. The oldest one counts as long as any part of it lies within the period: rather too
-- much than too little.
local function without_old(slots, hits, oldest)
  local first = 1
  while first <= #slots do
    local number, here = struct.unpack(SLOT, slots, first)
    if number >= oldest then
      break
    end
    first, hits = first + SLOT_SIZE, hits - here
  end
  return first == 1 and slots or slots:sub(first), hits
end

-- With one more hit.
local function with_hit(slots, current)
  if slots ~= '' then
    local last, here = struct.unpack(SLOT, slots, #slots - SLOT_SIZE + 1)
    -- Greater, if the clock was set back.
    if last >= current then
      return slots:sub(1, -SLOT_SIZE - 1) .. struct.pack(SLOT, last, here + 1)
    end
  end
  return slots .. struct.pack(SLOT, current, 1)
end

local function blocks(ms)
  return string.format(' 0 %d', seconds(ms))
end

-- One hit on a tier, which is packed from a place on. Returns the tier, where the next one is packed, whether it blocks,
-- and as a text either 1, remaining, seconds to the reset, or 0, seconds of the block.
local function hit(packed, from, now, tier)
  local period, limit, width = tier.period, tier.limit, tier.width
  local reset, blocked, known, hits, slots, number = now + period, 0, width, 0, '', 0
  if from <= #packed then
    reset, blocked, known, hits, number, from = struct.unpack(HEAD, packed, from)
    slots = packed:sub(from, from + number * SLOT_SIZE - 1)
    from = from + #slots
  end
  if known ~= width then
    reset, blocked, hits, slots = 0, 0, 0, ''
  end
  -- Nothing lies further ahead than one period, unless the clock was set back.
  if reset <= now or reset > now + period then
    reset = now + period
  end
  blocked = math.min(blocked, now + period)
  if blocked > now then
    return pack(reset, blocked, width, 0, ''), from, true, blocks(blocked - now)
  end
  slots, hits = without_old(slots, hits, math.floor((now - period) / width) + (width == 1 and 1 or 0))
  hits = hits + 1
  if hits > limit then
    return pack(reset, now + period, width, 0, ''), from, true, blocks(period)
  end
  return pack(reset, 0, width, hits, with_hit(slots, math.floor(now / width))), from, false,
    string.format(' 1 %d %d', limit - hits, seconds(reset - now))
end

-- What count() goes by. arguments from first on: the time or '', the number of tiers, then period (ms) and limit of
-- each, the shortest period first, and in the end how long the state stays, ms.
local function limits(arguments, first)
  local read, tiers = {}, tonumber(arguments[first + 1])
  for i = 1, tiers do
    local period, limit = tonumber(arguments[first + 2 * i]), tonumber(arguments[first + 2 * i + 1])
    read[i] = { period = period, limit = limit, width = limit > MOST_EXACT and math.ceil(period / SLOTS) or 1 }
  end
  if tiers > 0 then
    read.now, read.stays = clock(arguments[first]), arguments[first + 2 * tiers + 2]
  end
  return read
end

-- One request. Returns the outcome of every tier that was counted, as a text: numbers with a blank before each.
local function count(key, tiers)
  if #tiers == 0 then
    return ''
  end
  local packed = redis.call('GET', key) or ''
  local state, outcomes, from = {}, {}, 1
  for i = 1, #tiers do
    local blocked
    state[i], from, blocked, outcomes[i] = hit(packed, from, tiers.now, tiers[i])
    if blocked then
      -- The tiers after it stay as they are.
      state[i + 1] = packed:sub(from)
      break
    end
  end
  redis.call('SET', key, table.concat(state), 'PX', tiers.stays)
  return table.concat(outcomes)
end
