-- Decides a request that carries a token, in one round trip: looks its session up, keeps the copy for another idle
-- period and counts the request. Without a copy it plants a lease: only its holder may write one.
-- KEYS: copy, lease, windows of the session on the route.
-- ARGV: 1 now, ms; 2 idle limit, ms; 3 how long a copy is kept, ms, longer than that, so that idleness is known rather
-- than guessed; 4 least time between two notes for PostgreSQL, ms; 5 name of the lease; 6 its time, ms; from 7 on for count().
-- Replies a text, because Redis before 7.0 writes every reply that is a table by itself, and many texts at once:
-- 'miss 1' if the lease was planted, else 'miss 0'; 'dead'; or 'live', 1 if to be noted for PostgreSQL or 0, expires,
-- what count() returns, and behind the first line break the facts.
local copy = redis.call('HMGET', KEYS[1], 'v', 'gen', 'expires', 'seen', 'written', 'facts')
local current = generation()
if copy[1] == 'dead' and copy[2] == current then
  return 'dead'
end
if copy[1] ~= VERSION or copy[2] ~= current then
  local planted = redis.call('SET', KEYS[2], current .. ':' .. ARGV[5], 'NX', 'PX', ARGV[6])
  return planted and 'miss 1' or 'miss 0'
end
local now, idle, expires = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(copy[3])
if now >= expires or now >= tonumber(copy[4]) + idle then
  return 'dead'
end
local due = now - tonumber(copy[5]) >= tonumber(ARGV[4])
if due then
  redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'written', ARGV[1])
else
  redis.call('HSET', KEYS[1], 'seen', ARGV[1])
end
-- As the caller has written it, where that will do: a number is costly to write.
redis.call('PEXPIRE', KEYS[1], expires - now < tonumber(ARGV[3]) and expires - now or ARGV[3])
return 'live ' .. (due and 1 or 0) .. ' ' .. copy[3] .. count(KEYS[3], ARGV, 7) .. '\n' .. copy[6]
