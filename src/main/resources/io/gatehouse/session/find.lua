-- Looks a session up and keeps its copy for another idle period, in one round trip.
-- KEYS[1] the session; ARGV[1] idle limit, ms; ARGV[2] now, ms.
-- Replies {} for no copy, {'ended'} for an ended session, or version, session id, user id, name, e-mail,
-- creation and expiry in ms.
local copy = redis.call('HMGET', KEYS[1], 'v', 'id', 'user', 'name', 'email', 'created', 'expires')
if not copy[1] then
  return {}
end
if copy[1] == 'ended' then
  return { 'ended' }
end
local left = (tonumber(copy[7]) or 0) - tonumber(ARGV[2])
if left <= 0 then
  redis.call('DEL', KEYS[1])
  return {}
end
redis.call('PEXPIRE', KEYS[1], math.min(left, tonumber(ARGV[1])))
return copy
