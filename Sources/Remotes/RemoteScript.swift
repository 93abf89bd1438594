internal import Cachetronomy
internal import System

/// What the server does in one step: its scripts.
enum Script {
  // Not if another process removed the entry, runs the command or has run it since the lease was
  // taken. Nor if the entry there is of a run that began later, which stands before what is
  // sealed; one that began after this result was made is of a clock that has been set back since.
  // The set of a tag lives as long as the entry in it that lives longest; some of those in it
  // that are gone leave it each time.
  static let store = """
    local holder = redis.call('GET', KEYS[2])
    if ARGV[3] ~= '' and holder ~= ARGV[3] and (holder or redis.call('EXISTS', KEYS[1]) == 1) then
      return 0
    end
    local began = redis.call('GETRANGE', KEYS[1], 0, 19)
    if began > ARGV[4] and began <= ARGV[5] then return 0 end
    redis.call('SET', KEYS[1], ARGV[4] .. ARGV[1], 'PX', ARGV[2])
    for i = 3, #KEYS do
      for _, name in ipairs(redis.call('SRANDMEMBER', KEYS[i], 3)) do
        if redis.call('EXISTS', name) == 0 then redis.call('SREM', KEYS[i], name) end
      end
      redis.call('SADD', KEYS[i], KEYS[1])
      if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then
        redis.call('PEXPIRE', KEYS[i], ARGV[2])
      end
    end
    return 1
    """

  // Entries, then their leases: a process that runs a command began before the removal.
  static let remove = """
    local removed, count = '', #KEYS / 2
    for i = 1, count do
      removed = removed .. redis.call('DEL', KEYS[i])
      if redis.call('EXISTS', KEYS[count + i]) == 1 then
        redis.call('SET', KEYS[count + i], ARGV[1], 'PX', ARGV[2])
      end
    end
    return removed
    """

  static let clear = """
    local removed = 0
    for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
      if string.sub(name, 1, 15) == 'cachetronomy:1:' then
        removed = removed + redis.call('DEL', name)
      end
    end
    redis.call('DEL', KEYS[1])
    return removed
    """

  static let prolong = """
    if redis.call('GET', KEYS[1]) == ARGV[1] then
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])
    end
    return 0
    """

  static let free = """
    if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
    return 0
    """

  static let giveUp = """
    if redis.call('GET', KEYS[1]) == ARGV[1] then
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
    end
    return 0
    """

  static func call(_ text: String, _ names: [[UInt8]], _ values: [[UInt8]]) -> [[UInt8]] {
    ["EVAL", text, names.count.description].map { Array($0.utf8) } + names + values
  }
}

extension RemoteTier {
  /// A word of a command.
  func word(_ text: String) -> [UInt8] { Array(text.utf8) }
}
