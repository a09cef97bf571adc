-- KEYS[1] the conversation's hash
-- ARGV[1] epoch  [2] last seq  [3] message count  [4] TTL in ms, then event id, seq, entry for each
-- remembered event. A counter of the same or a newer epoch is left alone.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'run', 'epoch')
if state[1] == run and tonumber(state[2]) >= tonumber(ARGV[1]) then
  return {'0'}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'run', run, 'epoch', ARGV[1], 'seq', ARGV[2], 'count', ARGV[3])
for i = 5, #ARGV, 3 do
  redis.call('HSET', KEYS[1], 'i' .. ARGV[i], ARGV[i + 2], 'r' .. ARGV[i + 1], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'1'}
