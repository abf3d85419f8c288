-- Replaces the copy of a session by the mark that it has ended.
-- KEYS[1] the session; ARGV[1] how long the mark stands, ms.
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', 'ended')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {}
