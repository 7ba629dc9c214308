/// Positions of members by key, for objects too large to scan.
struct MemberIndex: Sendable {
  /// Up to so many members a scan is quicker than hashing the key.
  static let threshold = 16

  /// A key that is hashed and compared by its code points.
  private struct Key: Hashable {
    let string: String

    static func == (lhs: Key, rhs: Key) -> Bool { lhs.string.hasSameCodePoints(as: rhs.string) }

    func hash(into hasher: inout Hasher) { string.hashCodePoints(into: &hasher) }
  }

  // Swift seeds its hashing per process, so that hostile keys cannot be made to collide.
  private var positions: [Key: Int]

  init(_ members: [JSONObject.Member]) {
    positions = Dictionary(minimumCapacity: members.count)
    for (position, member) in members.enumerated() { positions[Key(string: member.key)] = position }
  }

  func position(of key: String) -> Int? { positions[Key(string: key)] }

  /// Notes the position of a key that is new; returns that of a key that is not.
  @discardableResult
  mutating func insert(_ key: String, at position: Int) -> Int? {
    guard let earlier = positions.updateValue(position, forKey: Key(string: key)) else { return nil }
    positions[Key(string: key)] = earlier
    return earlier
  }
}
