-- Stores what PostgreSQL said of a token, if the lease that was planted before it was asked still stands, and counts
-- the request. A lease of an older generation does not stand: the data it was planted in is gone.
-- KEYS: copy, lease, windows of the session on the route.
-- ARGV: 1 name of the lease or ''; 2 time to live of the copy, ms; 3 now, ms; 4 when last noted for PostgreSQL, ms;
-- 5 expires, ms; 6 facts; from 7 on for limits().
-- Replies what count() returns.
local current = generation()
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) == current .. ':' .. ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'v', VERSION, 'gen', current, 'expires', ARGV[5], 'seen', ARGV[3],
    'written', ARGV[4], 'facts', ARGV[6])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return count(KEYS[3], limits(ARGV, 7))
