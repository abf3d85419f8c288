-- The copy of a session: a hash of v, the version of its layout, or 'dead' for a token that has no live session;
-- gen, the generation it was written in; expires, seen and written, ms: the absolute limit, the last request and the
-- last one that was noted for PostgreSQL; then facts, which only the service reads.

local VERSION = '3'

-- Which data this server holds. A server that restarted, was promoted or took another's data has a new
-- replication id: what it then holds may be older than what PostgreSQL has been told since.
local function generation()
  local info = redis.call('INFO', 'replication')
  -- 40 characters; plain text is found faster than a pattern.
  local _, last = info:find('master_replid:', 1, true)
  return info:sub(last + 1, last + 40)
end
