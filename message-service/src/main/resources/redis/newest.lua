-- KEYS the hashes of conversations of one shard
-- Answers the last seq given out in each, in their order; empty when missing or stale.
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local answer = {}
for i = 1, #KEYS do
  local state = redis.call('HMGET', KEYS[i], 'history', 'seq')
  answer[i] = state[1] == history and state[2] or ''
end
return answer
