-- KEYS[1] the conversation's hash
-- ARGV[1] epoch  [2] last seq  [3] message count  [4] TTL in ms, then field, value for each of the
-- other fields. A counter of the same or a newer epoch is left alone.
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'history', 'epoch')
if state[1] == history and tonumber(state[2]) >= tonumber(ARGV[1]) then
  return {'0'}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'history', history, 'epoch', ARGV[1], 'seq', ARGV[2], 'count', ARGV[3])
for i = 5, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'1'}
