-- Notes that PostgreSQL knows no live session for a token, if the lease still stands.
-- KEYS: copy, lease. ARGV: 1 name of the lease; 2 how long the note stands, ms.
local current = generation()
if redis.call('GET', KEYS[2]) == current .. ':' .. ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'v', 'dead', 'gen', current)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return ''
