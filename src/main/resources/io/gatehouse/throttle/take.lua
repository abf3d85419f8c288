-- Takes one of a limited number of slots, each of which lasts for a period unless it is given back.
-- KEYS[1] the slots; ARGV: time or '', period in ms, number of slots, a name for this one.
-- Replies 0, or in how many seconds a slot is free.
local now, period, most = clock(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - period))
local taken = redis.call('ZCARD', KEYS[1])
if taken >= most then
  -- Settings may have become stricter: the slot that has to go first need not be the oldest.
  local last = redis.call('ZRANGE', KEYS[1], taken - most, taken - most, 'WITHSCORES')
  return tostring(math.max(1, math.ceil((tonumber(last[2]) + period - now) / 1000)))
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return '0'
