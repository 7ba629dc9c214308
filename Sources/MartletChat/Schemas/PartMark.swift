import MartletJSON

/// A member that schemas have while they are rewritten: which parts of the whole schema hold for the same value.
///
/// It is never sent. A schema's own member of that name is dropped before.
enum PartMark {
  static let key = "\u{0}parts"

  static func marking(_ schema: JSONValue, _ parts: [Int]) -> JSONValue {
    guard var object = schema.objectValue else { return schema }
    object[key] = .array(parts.map { .number(JSONNumber($0)) })
    return .object(object)
  }

  static func parts(of schema: JSONValue) -> [Int] { schema[key]?.arrayValue?.compactMap(\.intValue) ?? [] }

  /// The schema without marks, to compare it.
  static func removing(from schema: JSONValue) -> JSONValue {
    switch schema {
    case .object(let members):
      .object(JSONObject(members.lazy.filter { $0.key != key }.map { ($0.key, removing(from: $0.value)) }))
    case .array(let items): .array(items.map(removing))
    default: schema
    }
  }
}

/// How much may be said of values beside their types, in bytes, so that what is said again and again stays in bounds.
struct SpokenBytes {
  private var left: Int

  init(limit: Int) {
    left = limit
  }

  /// Takes room for a value; false if there is none, and ever after.
  mutating func takes(_ value: JSONValue) -> Bool {
    guard left > 0 else { return false }
    left -= size(of: value)
    return left > 0
  }

  private func size(of value: JSONValue) -> Int {
    switch value {
    case .string(let text): text.utf8.count + 2
    case .array, .object: value.canonicalString().utf8.count
    default: 8
    }
  }
}
