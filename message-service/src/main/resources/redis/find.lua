-- KEYS[1] the conversation's hash
-- ARGV[1] event id
-- Answers {"R", entry} when the event is remembered, {"U"} when not, {"S"} when missing or stale.
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'history', 'i' .. ARGV[1])
if state[1] ~= history then
  return {'S'}
end
if state[2] then
  return {'R', state[2]}
end
return {'U'}
