-- KEYS[1] the conversation's hash  [2] what this node owes in the conversation's shard  [3] its last message,
--     and when anything else happened after it
-- ARGV[1] event id  [2] fingerprint  [3] 1 when a message, else 0  [4] events to remember  [5] TTL in ms
--     [6] author id  [7] conversation id  [8] TTL of what is owed in ms  [9] sends of an author to remember
--     beyond those events  [10] TTL of the last message in s  [11] 1 when it is owed, else 0
--     [12] empty, or the epoch in which alone it may take a seq, up to [13]
-- Answers {"R", entry} for a repeat, {"N", entry} for a new event, {"S"} when missing or stale, {"P"} when
-- the next seq is not in that epoch, or is beyond that seq.
local message = ARGV[3] == '1'
local ID = 16

local function owe(seq)
  if ARGV[11] ~= '1' then
    return
  end
  local first, last = seq, seq
  local noted = redis.call('HGET', KEYS[2], ARGV[7])
  if noted then
    first, last = string.match(noted, '(%d+) (%d+)')
    first, last = math.min(first, seq), math.max(last, seq)
  end
  redis.call('HSET', KEYS[2], ARGV[7], string.format('%.0f %.0f', first, last))
  redis.call('PEXPIRE', KEYS[2], ARGV[8])
end

local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'history', 'epoch', 'seq', 'count', 'i' .. ARGV[1])
if state[1] ~= history then
  return {'S'}
end
if state[5] then
  owe(tonumber(string.match(state[5], '%d+ (%d+)')))
  return {'R', state[5]}
end
local seq = state[3] + 1
if ARGV[12] ~= '' and (state[2] ~= ARGV[12] or seq > tonumber(ARGV[13])) then
  return {'P'}
end
local count = state[4] + ARGV[3]
local time = redis.call('TIME')
local place = string.format('%.0f %.0f', seq, count)
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local entry = string.format('%s %s %s %s', state[2], place, at, ARGV[2])
local fields = {'seq', string.format('%.0f', seq), 'count', string.format('%.0f', count),
  'i' .. ARGV[1], entry, string.format('r%.0f', seq), ARGV[1]}
if message then
  fields[8] = ARGV[1] .. ARGV[6]
  redis.call('SET', KEYS[3], string.format('%.0f %s', seq, at), 'EX', ARGV[10])
else
  local said = string.match(redis.call('GET', KEYS[3]) or '', '^%d+ %d+')
  if said then
    redis.call('SET', KEYS[3], said .. ' ' .. at, 'EX', ARGV[10])
  end
end
local oldest = string.format('r%.0f', seq - ARGV[4])
local forgotten = redis.call('HGET', KEYS[1], oldest)
if forgotten then
  local id, author = string.sub(forgotten, 1, ID), string.sub(forgotten, ID + 1)
  if author ~= '' then
    -- It stays as one of its author's; the author's oldest of those goes.
    local own = (redis.call('HGET', KEYS[1], 'b' .. author) or '') .. id
    id = nil
    if #own > ARGV[9] * ID then
      id, own = string.sub(own, 1, ID), string.sub(own, ID + 1)
    end
    fields[#fields + 1], fields[#fields + 2] = 'b' .. author, own
  end
  if id then
    redis.call('HDEL', KEYS[1], oldest, 'i' .. id)
  else
    redis.call('HDEL', KEYS[1], oldest)
  end
end
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
owe(seq)
return {'N', entry}
