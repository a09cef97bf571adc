-- KEYS[1] what a node owes in a shard
-- ARGV conversation id, seq up to which nothing is owed any more, for each conversation
for i = 1, #ARGV, 2 do
  local noted = redis.call('HGET', KEYS[1], ARGV[i])
  if noted then
    local first, last = string.match(noted, '(%d+) (%d+)')
    local through = tonumber(ARGV[i + 1])
    if tonumber(last) <= through then
      redis.call('HDEL', KEYS[1], ARGV[i])
    elseif tonumber(first) <= through then
      redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f %s', through + 1, last))
    end
  end
end
return 0
