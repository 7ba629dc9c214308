import MartletJSON

/// A schema whose references to parts of itself are replaced by those parts, for servers that follow none.
///
/// The work is bounded: where a part contains itself, or the whole grows beyond ``maximumNodes``, an open object stands
/// instead, which promises less. What was promised in full is still checked on our side.
struct InlinedSchema {
  /// How many schemas lie in one another at most.
  static let maximumDepth = 16
  /// How many schemas the result may hold.
  static let maximumNodes = 2_000

  private let root: JSONValue
  private var nodes = 0

  /// The schema without `$ref`, `$defs` and `definitions`.
  static func inlining(_ root: JSONValue) -> JSONValue {
    var inliner = InlinedSchema(root: root)
    return inliner.inlined(root, open: [], depth: 0)
  }

  private init(root: JSONValue) {
    self.root = root
  }

  private static let openObject: JSONValue = ["type": "object"]

  /// The members of a schema that hold one schema, a list of schemas, or schemas by name.
  private static let single: Set<String> = [
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties",
  ]
  private static let lists: Set<String> = ["anyOf", "oneOf", "allOf", "prefixItems"]
  private static let byName: Set<String> = ["properties", "patternProperties", "dependentSchemas"]

  private mutating func inlined(_ schema: JSONValue, open: Set<String>, depth: Int) -> JSONValue {
    guard var object = schema.objectValue else { return schema }
    nodes += 1
    guard depth < Self.maximumDepth, nodes <= Self.maximumNodes else { return Self.openObject }
    if let reference = object["$ref"]?.stringValue {
      guard !open.contains(reference), let target = LocalReference(reference).target(in: root) else {
        return Self.openObject
      }
      object["$ref"] = nil
      let part = inlined(target, open: open.union([reference]), depth: depth + 1)
      guard var merged = part.objectValue else { return part }
      // What stands beside a reference says more about this place than the part does.
      for member in inlined(members: object, open: open, depth: depth) { merged[member.key] = member.value }
      return .object(merged)
    }
    return .object(inlined(members: object, open: open, depth: depth))
  }

  private mutating func inlined(members: JSONObject, open: Set<String>, depth: Int) -> JSONObject {
    var result = JSONObject()
    for (key, value) in members.map({ ($0.key, $0.value) }) where key != "$defs" && key != "definitions" {
      if Self.single.contains(key) {
        result[key] = inlined(value, open: open, depth: depth + 1)
      } else if Self.lists.contains(key), let items = value.arrayValue {
        var list: [JSONValue] = []
        for item in items { list.append(inlined(item, open: open, depth: depth + 1)) }
        result[key] = .array(list)
      } else if Self.byName.contains(key), let named = value.objectValue {
        var object = JSONObject()
        for member in named { object[member.key] = inlined(member.value, open: open, depth: depth + 1) }
        result[key] = .object(object)
      } else {
        result[key] = value
      }
    }
    return result
  }
}

/// A reference to a part of the same document: `#`, or `#/` and a JSON Pointer (RFC 6901) as a fragment.
struct LocalReference {
  private let reference: String

  init(_ reference: String) {
    self.reference = reference
  }

  /// The part; nil for a reference to another document, to an anchor, or to nothing.
  func target(in root: JSONValue) -> JSONValue? {
    if reference == "#" { return root }
    guard reference.hasPrefix("#/") else { return nil }
    return root[JSONPath(String(reference.dropFirst()))]
  }
}
