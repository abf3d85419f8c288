-- Stores the copy of a session that was just read from PostgreSQL, unless the mark of an ended session stands there:
-- a refill that was overtaken by the end of the session must not bring it back.
-- KEYS[1] the session; ARGV[1] time to live, ms; ARGV[2..8] the fields in the order of find.lua.
if redis.call('HGET', KEYS[1], 'v') == 'ended' then
  return {}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'id', ARGV[3], 'user', ARGV[4], 'name', ARGV[5], 'email', ARGV[6],
  'created', ARGV[7], 'expires', ARGV[8])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {}
