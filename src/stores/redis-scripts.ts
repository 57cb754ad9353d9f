/** Whether the caller still has the lock decides over a note, the generation over everything. */
export const saveScript = `
local found = tonumber(redis.call('HGET', KEYS[1], 'generation') or '0')
if found ~= tonumber(ARGV[1]) then return {'conflict', found} end
if ARGV[5] ~= '' then
  local fence = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
  if fence > tonumber(ARGV[3]) or redis.call('GET', KEYS[2]) ~= ARGV[5] then return {'lost', found} end
end
redis.call('HSET', KEYS[1], 'generation', ARGV[2], 'fence', ARGV[3], 'record', ARGV[4])
return {'saved', found}`

/**
 * Who came first is served first: without a queue, chance could keep one of many waiters out for minutes. Whoever has
 * not asked for a while has lost the place. Taking the lock counts its holders; when it is taken, says by whom, and how
 * many are before the asker.
 */
export const lockScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - tonumber(ARGV[3]))) do
  redis.call('ZREM', KEYS[3], gone)
  redis.call('ZREM', KEYS[4], gone)
end
local before = redis.call('ZRANK', KEYS[3], ARGV[1]) or redis.call('ZCARD', KEYS[3])
if before == 0 and redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('ZREM', KEYS[4], ARGV[1])
  return {redis.call('INCR', KEYS[2]), '', 0}
end
redis.call('ZADD', KEYS[3], 'NX', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])), ARGV[1])
redis.call('ZADD', KEYS[4], now, ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[3])
return {0, redis.call('GET', KEYS[1]) or '', before}`

/** Gives up a place in the queue; and the lock, should it have been given to someone who had stopped listening. */
export const leaveScript = `
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('ZREM', KEYS[2], ARGV[1])`

export const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

export const releaseScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`
