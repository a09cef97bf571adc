-- KEYS[1] the conversation's hash
-- ARGV[1] event id  [2] fingerprint  [3] 1 when a message, else 0  [4] events to remember  [5] TTL in ms
-- Answers {"R", entry} for a repeat, {"N", entry} for a new event, {"S"} when missing or stale.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seq', 'count', 'i' .. ARGV[1])
if state[1] ~= run then
  return {'S'}
end
if state[5] then
  return {'R', state[5]}
end
local seq = state[3] + 1
local count = state[4] + ARGV[3]
local time = redis.call('TIME')
local entry = string.format('%s %.0f %.0f %.0f %s', state[2], seq, count,
  time[1] * 1000 + math.floor(time[2] / 1000), ARGV[2])
redis.call('HSET', KEYS[1], 'seq', string.format('%.0f', seq), 'count', string.format('%.0f', count),
  'i' .. ARGV[1], entry, string.format('r%.0f', seq), ARGV[1])
local oldest = string.format('r%.0f', seq - ARGV[4])
local forgotten = redis.call('HGET', KEYS[1], oldest)
if forgotten then
  redis.call('HDEL', KEYS[1], oldest, 'i' .. forgotten)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'N', entry}
