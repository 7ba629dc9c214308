package import MartletJSON

/// What the model wrote for a rewritten schema, as the schema itself wants it.
///
/// Nulls that stand for absent properties are left out, and values that were written as text are decoded: what
/// ``StrictSchema`` and ``SimpleSchema`` had to ask for. What fits the schema stays as it is, but for any value, which is
/// always asked for as text: a text that is no JSON stays one. The work is bounded; what would take more stays as well.
package struct RestoredJSON: Sendable {
  /// How the schema was rewritten.
  package enum Form: Sendable {
    case strict, simple
  }

  /// The text in the model's own bytes, unless something in it has to be another.
  package let text: String
  /// What was changed.
  package let changes: [ArgumentRepair]

  /// Reads a text that was written for a schema in another form; one that is no JSON stays as it is.
  package init(_ text: String, schema: JSONSchema, writtenFor form: Form) {
    guard let value = try? JSONValue(parsing: text, duplicates: .reject), form == .simple || !schema.isValid(value)
    else {
      (self.text, changes) = (text, [])
      return
    }
    var restorer = SchemaRestorer(SchemaGraph(schema), form, byteCount: text.utf8.count)
    let restored = restorer.restored(value, SchemaGraph.root, at: "", depth: 0)
    let isChanged = !restorer.isExhausted && !restorer.changes.isEmpty
    self.text = isChanged ? restored.canonicalString() : text
    changes = isChanged ? restorer.changes : []
  }
}

private struct SchemaRestorer {
  /// References and values within one another; a reference may lead to itself.
  private static let maximumDepth = 256

  private let graph: SchemaGraph
  private let form: RestoredJSON.Form
  /// How many schemas may still be looked at.
  private var steps: Int
  /// The steps that are left for all checks together: as many as one check may take, and more for a long text.
  private var checkSteps: Int
  private(set) var changes: [ArgumentRepair] = []
  /// What the references on the way lead to; ``InlinedSchema`` ends where one leads to such a part again.
  private var open: [Int] = []

  var isExhausted: Bool { steps <= 0 || checkSteps <= 0 }

  init(_ graph: SchemaGraph, _ form: RestoredJSON.Form, byteCount: Int) {
    self.graph = graph
    self.form = form
    steps = 20_000 + 4 * byteCount
    checkSteps = JSONSchema.maximumSteps + 16 * byteCount
  }

  /// `isWhole` says that no other schema holds for the same value, which could say of what type it is.
  mutating func restored(
    _ value: JSONValue, _ part: Int, at pointer: String, depth: Int, isEnd: Bool = false, isWhole: Bool = true
  ) -> JSONValue {
    steps -= 1
    guard !isExhausted, depth < Self.maximumDepth, graph[part] != false else { return value }
    let result = restoredByOthers(value, part, at: pointer, depth: depth, isWhole: isWhole)
    switch result {
    case .string(let text): return decoded(text, part, at: pointer, isEnd: isEnd, isWhole: isWhole) ?? result
    case .object(let members): return .object(restored(members, part, at: pointer, depth: depth + 1))
    case .array(let items):
      let prefix = graph.children(of: part, graph[part]["items"]?.arrayValue == nil ? "prefixItems" : "items")
      let rest = graph.child(of: part, "items")
      var list: [JSONValue] = []
      for (index, item) in items.enumerated() {
        let schema = prefix.indices.contains(index) ? prefix[index] : rest
        list.append(schema.map { restored(item, $0, at: "\(pointer)/\(index)", depth: depth + 1) } ?? item)
      }
      if prefix.isEmpty, rest == nil, isWhole { return decoded(openItems: list, part, at: pointer) }
      return .array(list)
    default: return result
    }
  }

  /// The value as the schemas want it that hold for it too: references, and of alternatives the first that it fits.
  private mutating func restoredByOthers(
    _ value: JSONValue, _ part: Int, at pointer: String, depth: Int, isWhole: Bool
  ) -> JSONValue {
    let target = graph.target(of: part)
    let others = graph.children(of: part, "allOf")
    let choices = ["anyOf", "oneOf"].map { graph.children(of: part, $0) }.filter { !$0.isEmpty }
    guard target != nil || !others.isEmpty || !choices.isEmpty else { return value }
    let before = changes
    let isAlone = isWhole && saysNothingItself(part)
    var result = value
    if let target {
      let isEnd = open.contains(target)
      open.append(target)
      result = restored(result, target, at: pointer, depth: depth + 1, isEnd: isEnd, isWhole: isAlone)
      open.removeLast()
    }
    for other in others {
      result = restored(result, other, at: pointer, depth: depth + 1, isWhole: isAlone && others.count == 1)
    }
    for choice in choices { result = restored(result, byOneOf: choice, at: pointer, depth: depth) }
    // What one of several schemas wants may be what another refuses.
    if changes.count > before.count, !accepts(result, part), accepts(value, part) {
      changes = before
      return value
    }
    return result
  }

  private mutating func restored(
    _ value: JSONValue, byOneOf alternatives: [Int], at pointer: String, depth: Int
  ) -> JSONValue {
    for alternative in alternatives where accepts(value, alternative) {
      return restored(value, alternative, at: pointer, depth: depth + 1)
    }
    let before = changes
    for alternative in alternatives {
      let attempt = restored(value, alternative, at: pointer, depth: depth + 1)
      if changes.count > before.count, accepts(attempt, alternative) { return attempt }
      changes = before
    }
    return value
  }

  /// What a text holds, where ``SimpleSchema`` asked for a value as text: one of any type, an object of any names, and
  /// what ends a part that contains itself.
  private mutating func decoded(
    _ text: String, _ part: Int, at pointer: String, isEnd: Bool, isWhole: Bool
  ) -> JSONValue? {
    guard form == .simple, let inner = try? JSONValue(parsing: text, duplicates: .reject) else { return nil }
    let isWanted =
      isWhole && isAnyValue(part, isEnd: isEnd)
      || (isEnd || isOpenObject(part) && inner.objectValue != nil) && !accepts(.string(text), part)
    guard isWanted, accepts(inner, part) else { return nil }
    changes.append(ArgumentRepair(.writtenAsText, at: pointer))
    return inner
  }

  /// The items of a list of which nothing is said, so that ``SimpleSchema`` asks for any values.
  private mutating func decoded(openItems items: [JSONValue], _ part: Int, at pointer: String) -> JSONValue {
    guard form == .simple, !hasOthers(part), let object = graph[part].objectValue,
      SimpleSchema.types(of: object).contains("array")
    else { return .array(items) }
    let before = changes
    var list: [JSONValue] = []
    for (index, item) in items.enumerated() {
      let inner = item.stringValue.flatMap { try? JSONValue(parsing: $0, duplicates: .reject) }
      if inner != nil { changes.append(ArgumentRepair(.writtenAsText, at: "\(pointer)/\(index)")) }
      list.append(inner ?? item)
    }
    guard changes.count > before.count else { return .array(items) }
    // What differs as text may be the same once it is decoded.
    if accepts(.array(list), part) { return .array(list) }
    changes = before
    return .array(items)
  }

  private func isOpenObject(_ part: Int) -> Bool {
    guard let object = graph[part].objectValue else { return false }
    return SimpleSchema.types(of: object).contains("object") && object["properties"]?.objectValue?.isEmpty ?? true
  }

  /// Whether the schema says nothing of a value's type, so that ``SimpleSchema`` asks for any.
  private func isAnyValue(_ part: Int, isEnd: Bool) -> Bool {
    guard let object = graph[part].objectValue else { return graph[part] == true }
    return SimpleSchema.types(of: object).isEmpty && (isEnd || !hasOthers(part))
  }

  /// Whether other schemas hold for the same value.
  private func hasOthers(_ part: Int) -> Bool {
    graph.target(of: part) != nil || ["anyOf", "oneOf", "allOf"].contains { graph[part][$0] != nil }
  }

  /// Whether a part says nothing of the value but by one reference or by its `allOf`.
  private func saysNothingItself(_ part: Int) -> Bool {
    let silent: Set<String> = [
      "$ref", "$dynamicRef", "allOf", "title", "description", "default", "examples", "deprecated", "$defs", "$comment",
    ]
    let object = graph[part].objectValue ?? [:]
    return object.allSatisfy { silent.contains($0.key) } && (object["allOf"] == nil || graph.target(of: part) == nil)
  }

  private mutating func restored(
    _ members: JSONObject, _ part: Int, at pointer: String, depth: Int
  ) -> JSONObject {
    let required = graph[part]["required"]?.arrayValue ?? []
    var result = JSONObject()
    for member in members {
      guard let schema = graph.child(of: part, "properties", named: member.key) else {
        result[member.key] = member.value
        continue
      }
      let place = pointer + "/" + PointerToken.escaping(member.key)
      if form == .strict, member.value == .null, !required.contains(.string(member.key)), !accepts(.null, schema) {
        changes.append(ArgumentRepair(.absent, at: place))
      } else {
        result[member.key] = restored(member.value, schema, at: place, depth: depth)
      }
    }
    return result
  }

  private mutating func accepts(_ value: JSONValue, _ part: Int) -> Bool {
    !isExhausted && graph.accepts(value, at: part, spending: &checkSteps)
  }
}
