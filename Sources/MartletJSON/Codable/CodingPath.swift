/// The way from the outermost value to one inside, as a list that shares its beginning with its neighbors.
struct CodingPath {
  /// How deep a `Codable` type may nest values: its own recursion uses about 2 KB of the thread's stack a level.
  static let maximumDepth = JSONValue.defaultMaximumDepth

  private final class Step {
    let key: any CodingKey
    let previous: Step?

    init(_ key: any CodingKey, after previous: Step?) {
      self.key = key
      self.previous = previous
    }
  }

  private var last: Step?
  /// The number of keys.
  private(set) var depth = 0

  /// Whether values at this place are nested deeper than they may be.
  var isTooDeep: Bool { depth > Self.maximumDepth }

  /// The keys from the outside in.
  var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    keys.reserveCapacity(depth)
    var step = last
    while let current = step {
      keys.append(current.key)
      step = current.previous
    }
    return keys.reversed()
  }

  /// The path with one more key.
  func appending(_ key: any CodingKey) -> CodingPath {
    var path = self
    path.last = Step(key, after: last)
    path.depth += 1
    return path
  }
}

/// The key of an element, of a superclass or of a member whose name is not known before.
struct MemberKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  /// The key under which a class leaves its superclass to encode itself.
  static let superclass = MemberKey(stringValue: "super")

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "Index \(intValue)"
    self.intValue = intValue
  }
}
