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

/** Taking the lock counts its holders; when it is taken, says by whom. */
export const lockScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {redis.call('INCR', KEYS[2]), ''} end
return {0, redis.call('GET', KEYS[1]) or ''}`

export const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

export const releaseScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`
