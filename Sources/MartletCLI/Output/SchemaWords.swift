import MartletJSON

/// What a schema allows, in the few words that a person reads in a list of arguments; references are followed.
struct SchemaWords {
  /// An argument of a tool.
  struct Argument {
    let name: String
    let type: String
    let isRequired: Bool
    let description: String
  }

  /// Lists, alternatives and references within one another.
  private static let maximumDepth = 4
  /// The schemas that are looked at for one argument.
  private static let maximumParts = 200
  private static let maximumAlternatives = 4
  private static let anything = "any value"

  private let graph: SchemaGraph
  private var partsLeft = 0

  init(_ schema: JSONSchema) {
    graph = SchemaGraph(schema)
  }

  /// The properties of an object's schema in its order, with those of the schemas that hold for it too.
  mutating func arguments() -> [Argument] {
    var arguments: [Argument] = []
    var known = JSONObject()
    let parts = together(SchemaGraph.root)
    let required = Set(parts.flatMap { graph[$0]["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] })
    for part in parts {
      for name in (graph[part]["properties"]?.objectValue ?? [:]).keys {
        guard known.updateValue(true, forKey: name) == nil,
          let child = graph.child(of: part, "properties", named: name)
        else { continue }
        partsLeft = Self.maximumParts
        arguments.append(
          Argument(
            name: name, type: type(of: child, depth: 0), isRequired: required.contains(name),
            description: description(of: child)))
      }
    }
    return arguments
  }

  /// The parts that hold for one value: one, what it refers to, and all of its `allOf`.
  private func together(_ part: Int) -> [Int] {
    var parts: [Int] = []
    var waiting = [part]
    while let next = waiting.popLast(), parts.count < Self.maximumParts {
      guard !parts.contains(next) else { continue }
      parts.append(next)
      waiting += graph.children(of: next, "allOf").reversed() + [graph.target(of: next)].compactMap(\.self)
    }
    return parts
  }

  /// What is said at the place itself, or else of what it refers to.
  private func description(of part: Int) -> String {
    together(part).lazy.compactMap { graph[$0]["description"]?.stringValue }.first ?? ""
  }

  private mutating func type(of part: Int, depth: Int) -> String {
    guard depth < Self.maximumDepth else { return "…" }
    for part in together(part) {
      partsLeft -= 1
      guard partsLeft > 0 else { return "…" }
      if let words = ownType(of: part, depth: depth) { return words }
    }
    return Self.anything
  }

  /// What a schema says itself; nil if that is nothing.
  private mutating func ownType(of part: Int, depth: Int) -> String? {
    let schema = graph[part]
    if schema == false { return "nothing" }
    if let values = schema["enum"]?.arrayValue ?? schema["const"].map({ [$0] }) {
      return values.map { $0.stringValue ?? $0.canonicalString() }.joined(separator: " | ")
    }
    for word in ["anyOf", "oneOf"] {
      let alternatives = graph.children(of: part, word)
      var words: [String] = []
      for alternative in alternatives.prefix(Self.maximumAlternatives).map({ type(of: $0, depth: depth + 1) })
      where !words.contains(alternative) {
        words.append(alternative)
      }
      // Alternatives that differ in something else, such as the names that are required, say nothing here.
      guard !words.isEmpty, !words.contains(Self.anything) else { continue }
      if alternatives.count > Self.maximumAlternatives { words.append("…") }
      return words.joined(separator: " or ")
    }
    let types =
      schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue].compactMap(\.self)
    let lists = types.isEmpty || types.contains("array") ? list(part, depth: depth) : nil
    guard !types.isEmpty else { return lists ?? (schema["properties"] == nil ? nil : "object") }
    var words = types.map { $0 == "array" ? lists ?? $0 : $0 }.joined(separator: " or ")
    switch (schema["minimum"]?.canonicalString(), schema["maximum"]?.canonicalString()) {
    case (let low?, let high?): words += " \(low) to \(high)"
    case (let low?, nil): words += " from \(low)"
    case (nil, let high?): words += " up to \(high)"
    case (nil, nil): break
    }
    return words
  }

  /// What a schema says of the items of a list, each place of a tuple for itself; nil if nothing.
  private mutating func list(_ part: Int, depth: Int) -> String? {
    let first = graph.children(of: part, graph[part]["items"]?.arrayValue == nil ? "prefixItems" : "items")
    let rest = graph.child(of: part, "items") ?? graph.child(of: part, "additionalItems")
    guard !first.isEmpty else { return rest.map { "list of \(type(of: $0, depth: depth + 1))" } }
    var words = first.map { type(of: $0, depth: depth + 1) }
    if rest.map({ graph[$0] != false }) ?? true {
      words.append(rest.map { "\(type(of: $0, depth: depth + 1)) …" } ?? "…")
    }
    return "list [\(words.joined(separator: ", "))]"
  }
}
