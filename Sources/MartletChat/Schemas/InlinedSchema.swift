import MartletJSON

/// A schema whose references are replaced by what they lead to, for servers that follow none.
///
/// The work is bounded: where a part contains itself, or the whole grows beyond ``maximumNodes``, stands what the part says
/// of a value without its parts, such as its type. What was promised in full is still checked on our side.
struct InlinedSchema {
  /// How many schemas lie in one another at most.
  static let maximumDepth = 16
  /// How many schemas the result may hold.
  static let maximumNodes = 2_000
  /// How many bytes what is said of values beside their types may come to, about: one MiB.
  static let maximumBytes = 1 << 20

  private let graph: SchemaGraph
  private let marksParts: Bool
  private var nodes = 0
  private var room = SpokenBytes(limit: Self.maximumBytes)

  /// The schema without references and what serves them alone; one to nothing promises nothing.
  ///
  /// With marks, each schema says which part of the whole it stands for, see ``PartMark``.
  static func inlining(_ graph: SchemaGraph, marksParts: Bool = false) -> JSONValue {
    var inliner = InlinedSchema(graph: graph, marksParts: marksParts)
    return inliner.inlined(SchemaGraph.root, open: [], depth: 0)
  }

  private init(graph: SchemaGraph, marksParts: Bool) {
    self.graph = graph
    self.marksParts = marksParts
  }

  /// The members of a schema that hold one schema, a list of schemas, or schemas by name.
  private static let single: Set<String> = ["items", "additionalProperties"]
  private static let lists: Set<String> = ["anyOf", "oneOf", "allOf", "prefixItems"]
  private static let byName: Set<String> = ["properties", "patternProperties"]
  /// The members that serve references or say nothing of a value, and those that no such server knows: by them a part
  /// that says less could refuse more.
  private static let dropped: Set<String> = [
    "$ref", "$dynamicRef", "$recursiveRef", "$defs", "definitions", "$id", "$anchor", "$dynamicAnchor",
    "$recursiveAnchor", "$schema", "$vocabulary", "$comment", "dependencies", "additionalItems", "not", "if", "then",
    "else", "contains", "minContains", "maxContains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
    "dependentSchemas", "dependentRequired", PartMark.key,
  ]
  /// The members that describe a place, and there replace what a part says of itself.
  private static let annotations: Set<String> = [
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
  ]

  private mutating func inlined(_ part: Int, open: Set<Int>, depth: Int) -> JSONValue {
    guard let object = graph[part].objectValue else { return graph[part] }
    let value = inlined(part, object, open: open, depth: depth)
    return marksParts ? PartMark.marking(value, [part]) : value
  }

  private mutating func inlined(_ part: Int, _ object: JSONObject, open: Set<Int>, depth: Int) -> JSONValue {
    nodes += 1
    guard depth < Self.maximumDepth, nodes <= Self.maximumNodes else { return .object(withoutParts(object)) }
    let own = inlined(membersOf: part, object, open: open, depth: depth)
    guard let target = graph.target(of: part) else { return .object(own) }
    if open.contains(target) {
      return Self.merged(graph[target].objectValue.map { .object(withoutParts($0)) } ?? graph[target], own)
    }
    return Self.merged(inlined(target, open: open.union([target]), depth: depth + 1), own)
  }

  private mutating func inlined(membersOf part: Int, _ object: JSONObject, open: Set<Int>, depth: Int) -> JSONObject {
    let isLoneReference = graph.isLoneReference(part)
    var result = JSONObject()
    for (key, value) in object.map({ ($0.key, $0.value) }) where !Self.dropped.contains(key) {
      if isLoneReference, !Self.annotations.contains(key) { continue }
      if Self.byName.contains(key) {
        var named = JSONObject()
        for member in value.objectValue ?? [:] {
          let child = graph.child(of: part, key, named: member.key)
          named[member.key] = child.map { inlined($0, open: open, depth: depth + 1) } ?? true
        }
        result[key] = .object(named)
      } else if Self.lists.contains(key) || key == "items" && value.arrayValue != nil {
        let list = graph.children(of: part, key).map { inlined($0, open: open, depth: depth + 1) }
        if !list.isEmpty { result[key == "items" ? "prefixItems" : key] = .array(list) }
        if key == "items", let rest = graph.child(of: part, "additionalItems") {
          result["items"] = inlined(rest, open: open, depth: depth + 1)
        }
      } else if Self.single.contains(key) {
        result[key] = graph.child(of: part, key).map { inlined($0, open: open, depth: depth + 1) }
      } else if key == "type" || room.takes(value) {
        result[key] = value
      }
    }
    return result
  }

  /// What a schema says of a value itself, not of what lies in it.
  private mutating func withoutParts(_ object: JSONObject) -> JSONObject {
    var result = JSONObject()
    for (key, value) in object.map({ ($0.key, $0.value) }) where !Self.dropped.contains(key) && key != "required" {
      if Self.single.contains(key) || Self.lists.contains(key) || Self.byName.contains(key) { continue }
      if key == "type" || room.takes(value) { result[key] = value }
    }
    return result
  }

  /// A part, and what stands beside the reference to it: both hold.
  private static func merged(_ part: JSONValue, _ own: JSONObject) -> JSONValue {
    guard var result = part.objectValue else { return part == true ? .object(own) : part }
    var rules = JSONObject()
    var areApart = true
    for (key, value) in own.map({ ($0.key, $0.value) }) {
      if annotations.contains(key) {
        result[key] = value
      } else {
        rules[key] = value
        if let other = result[key], other != value { areApart = false }
      }
    }
    if areApart {
      result.merge(rules)
    } else {
      result["allOf"] = .array((result["allOf"]?.arrayValue ?? []) + [.object(rules)])
    }
    return .object(result)
  }
}
