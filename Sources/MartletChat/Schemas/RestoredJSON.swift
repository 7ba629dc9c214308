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
  /// Schemas that are looked at for one value.
  private static let maximumSteps = 20_000
  /// References and values within one another; a reference may lead to itself.
  private static let maximumDepth = 256
  /// The bytes that are checked in all, however often.
  private static let maximumCheckedBytes = 16 << 20

  private let graph: SchemaGraph
  private let form: RestoredJSON.Form
  private let byteCount: Int
  private var steps = 0
  private var checkedBytes = 0
  private(set) var changes: [ArgumentRepair] = []
  /// What the references on the way lead to; ``InlinedSchema`` ends where one leads to such a part again.
  private var open: [Int] = []

  var isExhausted: Bool { steps > Self.maximumSteps || checkedBytes > Self.maximumCheckedBytes }

  init(_ graph: SchemaGraph, _ form: RestoredJSON.Form, byteCount: Int) {
    self.graph = graph
    self.form = form
    self.byteCount = byteCount
  }

  mutating func restored(
    _ value: JSONValue, _ part: Int, at pointer: String, depth: Int, isEnd: Bool = false
  ) -> JSONValue {
    steps += 1
    guard !isExhausted, depth < Self.maximumDepth, graph[part] != false else { return value }
    let result = restoredByOthers(value, part, at: pointer, depth: depth)
    switch result {
    case .string(let text): return decoded(text, part, at: pointer, isEnd: isEnd) ?? result
    case .object(let members): return .object(restored(members, part, at: pointer, depth: depth + 1))
    case .array(let items):
      let prefix = graph.children(of: part, graph[part]["items"]?.arrayValue == nil ? "prefixItems" : "items")
      let rest = graph.child(of: part, "items")
      var list: [JSONValue] = []
      for (index, item) in items.enumerated() {
        let schema = prefix.indices.contains(index) ? prefix[index] : rest
        list.append(schema.map { restored(item, $0, at: "\(pointer)/\(index)", depth: depth + 1) } ?? item)
      }
      return .array(list)
    default: return result
    }
  }

  /// The value as the schemas want it that hold for it too: references, and of alternatives the first that it fits.
  private mutating func restoredByOthers(
    _ value: JSONValue, _ part: Int, at pointer: String, depth: Int
  ) -> JSONValue {
    let target = graph.target(of: part)
    let others = graph.children(of: part, "allOf")
    let choices = ["anyOf", "oneOf"].map { graph.children(of: part, $0) }.filter { !$0.isEmpty }
    guard target != nil || !others.isEmpty || !choices.isEmpty else { return value }
    let before = changes
    var result = value
    if let target {
      let isEnd = open.contains(target)
      open.append(target)
      result = restored(result, target, at: pointer, depth: depth + 1, isEnd: isEnd)
      open.removeLast()
    }
    for other in others { result = restored(result, other, at: pointer, depth: depth + 1) }
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
  private mutating func decoded(_ text: String, _ part: Int, at pointer: String, isEnd: Bool) -> JSONValue? {
    guard form == .simple, let inner = try? JSONValue(parsing: text, duplicates: .reject) else { return nil }
    let isWanted =
      isAnyValue(part, isEnd: isEnd)
      || (isEnd || isOpenObject(part) && inner.objectValue != nil) && !accepts(.string(text), part)
    guard isWanted, accepts(inner, part) else { return nil }
    changes.append(ArgumentRepair(.writtenAsText, at: pointer))
    return inner
  }

  private func isOpenObject(_ part: Int) -> Bool {
    guard let object = graph[part].objectValue else { return false }
    return SimpleSchema.types(of: object).contains("object") && object["properties"]?.objectValue?.isEmpty ?? true
  }

  /// Whether the schema says nothing of a value's type, so that ``SimpleSchema`` asks for any.
  private func isAnyValue(_ part: Int, isEnd: Bool) -> Bool {
    guard let object = graph[part].objectValue else { return graph[part] == true }
    let hasOthers = graph.target(of: part) != nil || ["anyOf", "oneOf", "allOf"].contains { object[$0] != nil }
    return SimpleSchema.types(of: object).isEmpty && (isEnd || !hasOthers)
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
      let place = pointer + "/" + member.key.pointerToken
      if form == .strict, member.value == .null, !required.contains(.string(member.key)), !accepts(.null, schema) {
        changes.append(ArgumentRepair(.absent, at: place))
      } else {
        result[member.key] = restored(member.value, schema, at: place, depth: depth)
      }
    }
    return result
  }

  private mutating func accepts(_ value: JSONValue, _ part: Int) -> Bool {
    switch value {
    case .null, .bool, .number: checkedBytes += 16
    case .string(let text): checkedBytes += 16 + text.utf8.count
    case .array, .object: checkedBytes += 16 + byteCount
    }
    return !isExhausted && graph.accepts(value, at: part)
  }
}
