-- KEYS[1] what a node owes in a shard
-- ARGV[1] TTL in ms, then conversation id, lowest seq, highest seq, for each conversation
for i = 2, #ARGV, 3 do
  local first, last = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local noted = redis.call('HGET', KEYS[1], ARGV[i])
  if noted then
    local notedFirst, notedLast = string.match(noted, '(%d+) (%d+)')
    first, last = math.min(first, notedFirst), math.max(last, notedLast)
  end
  redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f %.0f', first, last))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 0
