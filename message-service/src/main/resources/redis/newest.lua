-- KEYS the hashes of conversations of one shard
-- ARGV[1] what has a longer TTL, in ms, was written to recently
-- Answers the last seq given out in each, in their order, with " recent" behind it where that is so; empty when
-- missing or stale.
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local answer = {}
for i = 1, #KEYS do
  local state = redis.call('HMGET', KEYS[i], 'history', 'seq')
  if state[1] ~= history then
    answer[i] = ''
  elseif redis.call('PTTL', KEYS[i]) > tonumber(ARGV[1]) then
    answer[i] = state[2] .. ' recent'
  else
    answer[i] = state[2]
  end
end
return answer
