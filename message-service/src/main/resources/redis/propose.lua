-- KEYS[1] the conversation's hash  [2] what this node owes in the conversation's shard  [3] its last message,
--     and when anything else happened after it
-- ARGV[1] events to remember  [2] TTL in ms  [3] conversation id  [4] TTL of what is owed in ms
--     [5] sends of an author to remember beyond those events  [6] TTL of the last message in s
--     [7] empty, or the epoch in which alone an event may take a seq, up to [8]
--     and of each event, in their order, no two with the same id:
--     event id, fingerprint, 1 when a message, else 0, author id, 1 when it is owed, else 0
-- Answers {"S"} when missing or stale; {"P"} when the next seq is not in that epoch, or is beyond that seq,
-- which is for one event alone; else of each event "R", entry for a repeat, and "N", entry for a new one.
local ID = 16
local FIRST, EACH = 9, 5

local function owe(seq)
  local first, last = seq, seq
  local noted = redis.call('HGET', KEYS[2], ARGV[3])
  if noted then
    first, last = string.match(noted, '(%d+) (%d+)')
    first, last = math.min(first, seq), math.max(last, seq)
  end
  redis.call('HSET', KEYS[2], ARGV[3], string.format('%.0f %.0f', first, last))
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end

local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local asked = {'history', 'epoch', 'seq', 'count'}
for i = FIRST, #ARGV, EACH do
  asked[#asked + 1] = 'i' .. ARGV[i]
end
local state = redis.call('HMGET', KEYS[1], unpack(asked))
if state[1] ~= history then
  return {'S'}
end
local epoch, seq, count = state[2], tonumber(state[3]), tonumber(state[4])
local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

local function take(id, fingerprint, isMessage, author)
  seq = seq + 1
  count = count + isMessage
  local place = string.format('%.0f %.0f', seq, count)
  local entry = string.format('%s %s %s %s', epoch, place, at, fingerprint)
  local fields = {'seq', string.format('%.0f', seq), 'count', string.format('%.0f', count),
    'i' .. id, entry, string.format('r%.0f', seq), id}
  if isMessage == '1' then
    fields[8] = id .. author
    redis.call('SET', KEYS[3], string.format('%.0f %s', seq, at), 'EX', ARGV[6])
  else
    local said = string.match(redis.call('GET', KEYS[3]) or '', '^%d+ %d+')
    if said then
      redis.call('SET', KEYS[3], said .. ' ' .. at, 'EX', ARGV[6])
    end
  end
  local oldest = string.format('r%.0f', seq - ARGV[1])
  local forgotten = redis.call('HGET', KEYS[1], oldest)
  if forgotten then
    local its, by = string.sub(forgotten, 1, ID), string.sub(forgotten, ID + 1)
    if by ~= '' then
      -- It stays as one of its author's; the author's oldest of those goes.
      local own = (redis.call('HGET', KEYS[1], 'b' .. by) or '') .. its
      its = nil
      if #own > ARGV[5] * ID then
        its, own = string.sub(own, 1, ID), string.sub(own, ID + 1)
      end
      fields[#fields + 1], fields[#fields + 2] = 'b' .. by, own
    end
    if its then
      redis.call('HDEL', KEYS[1], oldest, 'i' .. its)
    else
      redis.call('HDEL', KEYS[1], oldest)
    end
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  return entry
end

local answer, new = {}, false
for i = FIRST, #ARGV, EACH do
  local entry = state[4 + (i - FIRST) / EACH + 1]
  if entry then
    answer[#answer + 1] = 'R'
  else
    if ARGV[7] ~= '' and (epoch ~= ARGV[7] or seq + 1 > tonumber(ARGV[8])) then
      return {'P'}
    end
    entry = take(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
    new = true
    answer[#answer + 1] = 'N'
  end
  answer[#answer + 1] = entry
  if ARGV[i + 4] == '1' then
    owe(tonumber(string.match(entry, '%d+ (%d+)')))
  end
end
if new then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return answer
