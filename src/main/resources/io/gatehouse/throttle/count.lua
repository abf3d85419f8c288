-- KEYS[1] the windows of a client on a route; ARGV as limits() takes them from 1 on. Replies what count() returns.
return count(KEYS[1], limits(ARGV, 1))
