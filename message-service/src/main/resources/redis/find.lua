-- KEYS[1] the conversation's hash
-- ARGV[1] event id
-- Answers {"R", entry} when the event is remembered, {"U"} when not, {"S"} when missing or stale.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'run', 'i' .. ARGV[1])
if state[1] ~= run then
  return {'S'}
end
if state[2] then
  return {'R', state[2]}
end
return {'U'}
