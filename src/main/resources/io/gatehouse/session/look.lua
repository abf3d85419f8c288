-- Decides requests that carry a token, in one round trip, each by itself: looks its session up, keeps the copy for
-- another idle period and counts the request. Without a copy it plants a lease: only its holder may write one.
-- KEYS: of each request copy, lease, windows of the session on the route.
-- ARGV: of each request now, ms, and the name of the lease; then, for all of them, idle limit, ms; how long a copy is
-- kept, ms, longer than that, so that idleness is known rather than guessed; least time between two notes for
-- PostgreSQL, ms; time of a lease, ms; then what limits() takes.
-- Replies one text with a NUL between the requests, because Redis before 7.0 writes every reply that is a table by
-- itself, and many texts at once. Of each request: 'miss 1' if the lease was planted, else 'miss 0'; 'dead'; 'failed'
-- and why; or 'live', 1 if to be noted for PostgreSQL or 0, expires, what count() returns, and behind the first line
-- break the facts. No text of PostgreSQL's holds a NUL.

local requests = #KEYS / 3
local shared = 2 * requests
local idle, kept, least, lease_time = tonumber(ARGV[shared + 1]), tonumber(ARGV[shared + 2]),
  tonumber(ARGV[shared + 3]), ARGV[shared + 4]
local tiers, current = limits(ARGV, shared + 5), generation()

local function look(key, lease, windows, time, name)
  local copy = redis.call('HMGET', key, 'v', 'gen', 'expires', 'seen', 'written', 'facts')
  if copy[1] == 'dead' and copy[2] == current then
    return 'dead'
  end
  if copy[1] ~= VERSION or copy[2] ~= current then
    local planted = redis.call('SET', lease, current .. ':' .. name, 'NX', 'PX', lease_time)
    return planted and 'miss 1' or 'miss 0'
  end
  local now, expires = tonumber(time), tonumber(copy[3])
  if now >= expires or now >= tonumber(copy[4]) + idle then
    return 'dead'
  end
  local due = now - tonumber(copy[5]) >= least
  if due then
    redis.call('HSET', key, 'seen', time, 'written', time)
  else
    redis.call('HSET', key, 'seen', time)
  end
  -- As the caller has written it, where that will do: a number is costly to write.
  redis.call('PEXPIRE', key, expires - now < kept and expires - now or ARGV[shared + 2])
  return 'live ' .. (due and 1 or 0) .. ' ' .. copy[3] .. count(windows, tiers) .. '\n' .. copy[6]
end

local replies = {}
for i = 1, requests do
  -- What is wrong with one session's keys is nothing to the others.
  local well, reply = pcall(look, KEYS[3 * i - 2], KEYS[3 * i - 1], KEYS[3 * i], ARGV[2 * i - 1], ARGV[2 * i])
  replies[i] = well and reply or 'failed ' .. (type(reply) == 'table' and reply.err or tostring(reply))
end
return table.concat(replies, '\0')
