-- For wrk: sends, in turn, one request for each line of a file and prints what it saw as one line of JSON.
-- Arguments: GET or POST, path, the file, where in it to begin (0 to 1): of a GET each line is a Cookie header, of a
-- POST a JSON body.
local ffi = require('ffi')

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

local method, path, lines, starts, count, at
statuses = ''

function init(arguments)
  method, path = arguments[1], arguments[2]
  local file = assert(io.open(arguments[3], 'rb'))
  lines = file:read('*a')
  file:close()
  count = select(2, lines:gsub('\n', '\n'))
  starts = ffi.new('uint32_t[?]', count + 1)
  local from = 1
  for i = 0, count - 1 do
    starts[i] = from
    from = lines:find('\n', from, true) + 1
  end
  starts[count] = from
  at = math.floor(count * tonumber(arguments[4]))
  if method == 'POST' then
    local seen = {}
    response = function(status)
      seen[status] = (seen[status] or 0) + 1
      local texts = {}
      for code, times in pairs(seen) do
        texts[#texts + 1] = string.format('"%d":%d', code, times)
      end
      statuses = table.concat(texts, ',')
    end
  end
end

function request()
  local line = lines:sub(starts[at], starts[at + 1] - 2)
  at = (at + 1) % count
  if method == 'GET' then
    return 'GET ' .. path .. ' HTTP/1.1\r\nHost: bench\r\nCookie: ' .. line .. '\r\n\r\n'
  end
  return 'POST ' .. path .. ' HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ' .. #line
    .. '\r\n\r\n' .. line
end

function done(summary, latency)
  local errors = summary.errors
  local seen = threads[1]:get('statuses')
  if seen == '' then
    seen = string.format('"0":%d', errors.status)
  end
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"p999":%.3f,"broken":%d,"statuses":{%s}}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3, errors.connect + errors.read + errors.write + errors.timeout, seen))
end
