/// The members of a JSON object in their order, each key once.
///
/// Looking a key up takes constant time, also in an object with many members. Two objects are equal when they have the
/// same members in the same order. Keys are compared code point by code point (RFC 8259, section 8.3).
///
/// ```swift
/// var object: JSONObject = ["city": "Oslo", "unit": "celsius"]
/// object["unit"] = nil            // removes the member
/// object["days"] = 3              // appends one
/// ```
public struct JSONObject: Sendable, Hashable {
  /// A key and its value.
  public struct Member: Sendable, Hashable {
    /// The key, unique in its object.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }

    /// Whether key and value are the same.
    public static func == (lhs: Member, rhs: Member) -> Bool {
      lhs.key.hasSameCodePoints(as: rhs.key) && lhs.value == rhs.value
    }

    /// Feeds key and value to the hasher.
    public func hash(into hasher: inout Hasher) {
      key.hashCodePoints(into: &hasher)
      hasher.combine(value)
    }
  }

  private(set) var members: [Member]
  /// Positions by key; nil while a scan is quicker.
  private var index: MemberIndex?

  /// Makes an empty object.
  public init() {
    members = []
  }

  /// Makes an object of keys and values in their order; of members with one key the last value takes the first's place.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    self.init()
    self.members.reserveCapacity(members.underestimatedCount)
    for (key, value) in members { updateValue(value, forKey: key) }
  }

  /// Takes members that are known to have different keys.
  init(distinct members: [Member], index: MemberIndex?) {
    self.members = members
    self.index = index ?? (members.count > MemberIndex.threshold ? MemberIndex(members) : nil)
  }

  /// The keys in their order.
  public var keys: some RandomAccessCollection<String> & Sendable { KeyView(members: members) }

  /// The values in the order of their keys.
  public var values: some RandomAccessCollection<JSONValue> & Sendable { ValueView(members: members) }

  /// The value of a key, or nil if there is none.
  ///
  /// Setting a value replaces it in its place, or appends it when the key is new. Setting nil removes the member, in time
  /// proportional to their number.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      if let newValue {
        updateValue(newValue, forKey: key)
      } else {
        removeValue(forKey: key)
      }
    }
  }

  /// Sets a value in its place, or appends it when the key is new, and returns the value it replaces.
  @discardableResult
  public mutating func updateValue(_ value: JSONValue, forKey key: String) -> JSONValue? {
    if let position = position(of: key) {
      let former = members[position].value
      members[position].value = value
      return former
    }
    append(value, forNewKey: key)
    return nil
  }

  /// Appends a member, whose key must not be there.
  package mutating func append(_ value: consuming JSONValue, forNewKey key: consuming String) {
    index?.insert(key, at: members.count)
    members.append(Member(key: key, value: value))
    if index == nil, members.count > MemberIndex.threshold {
      index = MemberIndex(members)
    }
  }

  /// Appends a member unless its key is there; says whether it was not.
  package mutating func append(_ value: consuming JSONValue, unlessKnown key: consuming String) -> Bool {
    guard position(of: key) == nil else { return false }
    append(value, forNewKey: key)
    return true
  }

  /// Prepares for so many members.
  package mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

  /// Removes a member and returns its value, in time proportional to the number of members.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> JSONValue? {
    guard let position = position(of: key) else { return nil }
    let member = members.remove(at: position)
    index = members.count > MemberIndex.threshold ? MemberIndex(members) : nil
    return member.value
  }

  /// Sets every member of another object in this one: replaced in place, or appended when new.
  public mutating func merge(_ other: JSONObject) {
    for member in other { updateValue(member.value, forKey: member.key) }
  }

  /// Replaces the value at a position.
  mutating func replaceValue(at position: Int, with value: JSONValue) {
    members[position].value = value
  }

  /// Orders the members by the code points of their keys.
  mutating func sortByKey() {
    members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    if index != nil { index = MemberIndex(members) }
  }

  /// The position of a key.
  func position(of key: String) -> Int? {
    if let index { return index.position(of: key) }
    return members.firstIndex { $0.key.hasSameCodePoints(as: key) }
  }

  /// Whether both have the same members in the same order.
  public static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
    JSONValue.object(lhs) == JSONValue.object(rhs)
  }

  /// Feeds the members to the hasher in their order.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(JSONValue.object(self))
  }
}

extension JSONObject: RandomAccessCollection {
  /// The position of the first member.
  public var startIndex: Int { 0 }

  /// The position after the last member.
  public var endIndex: Int { members.count }

  /// The member at a position, which must be valid.
  public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object of a literal, its members in the order written; of members with one key the last value wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    // Most literals get a member or two later.
    members.reserveCapacity(Swift.max(4, elements.count))
    for (key, value) in elements { updateValue(value, forKey: key) }
  }
}

extension JSONObject: CustomStringConvertible {
  /// The object as canonical JSON.
  public var description: String { JSONValue.object(self).canonicalString() }
}
