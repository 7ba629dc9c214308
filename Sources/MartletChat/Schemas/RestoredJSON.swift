import MartletJSON

/// What the model wrote for a rewritten schema, as the schema itself wants it.
///
/// Nulls that stand for absent properties are left out, and values that were asked for as text are decoded. What fits the
/// schema stays as it is, but for any value, which is always asked for as text: a text that is no JSON stays one. The work
/// is bounded; what would take more stays as well.
package struct RestoredJSON: Sendable {
  /// The text in the model's own bytes, unless something in it has to be another.
  package let text: String
  /// What was changed.
  package let changes: [ArgumentRepair]

  /// Reads a text that was written for a schema in another form; one that is no JSON stays as it is.
  package init(_ text: String, writtenFor sent: SentSchema) {
    guard !sent.reading.isPlain, let value = try? JSONValue(parsing: text, duplicates: .reject),
      !sent.form.isStrict || !sent.schema.isValid(value)
    else {
      (self.text, changes) = (text, [])
      return
    }
    var reader = Reader(sent, byteCount: text.utf8.count)
    let restored = reader.read(value, by: sent.reading)
    let isChanged = !reader.isExhausted && !reader.changes.isEmpty
    self.text = isChanged ? restored.canonicalString() : text
    changes = isChanged ? reader.changes : []
  }
}

private struct Reader {
  /// Readings within one another; a reference may lead to itself.
  private static let maximumDepth = 256

  private let graph: SchemaGraph
  private let definitions: [Int: SchemaReading]
  /// What may still be looked at: readings, names, and so many bytes of texts and places.
  private var steps: Int
  /// The steps that are left for all checks together: as many as one check may take, and more for a long text.
  private var checkSteps: Int
  private var path: [Step] = []
  private(set) var changes: [ArgumentRepair] = []

  private enum Step {
    case key(String)
    case index(Int)
  }

  var isExhausted: Bool { steps <= 0 || checkSteps <= 0 }

  init(_ sent: SentSchema, byteCount: Int) {
    graph = sent.graph
    definitions = sent.reading.definitions
    steps = 20_000 + 4 * byteCount
    checkSteps = JSONSchema.maximumSteps + 16 * byteCount
  }

  mutating func read(_ value: JSONValue, by reading: SchemaReading, depth: Int = 0) -> JSONValue {
    steps -= 1
    guard !isExhausted, depth < Self.maximumDepth else { return value }
    let before = changes.count
    var result = value
    switch (reading.form, value) {
    case (.text(let ofObject), .string(let text)): return decoded(text, ofObject: ofObject, reading)
    case (.object(let properties), .object(let members)):
      result = .object(read(members, by: properties, depth: depth))
    case (.list(let first, let rest), .array(let items)):
      result = .array(
        items.enumerated().map { index, item in
          let reading = first.indices.contains(index) ? first[index] : rest
          return at(.index(index)) { $0.read(item, by: reading, depth: depth + 1) }
        })
    case (.choice(let alternatives), _): result = read(value, byOneOf: alternatives, depth: depth)
    case (.reference(let part), _):
      result = definitions[part].map { read(value, by: $0, depth: depth + 1) } ?? value
    default: return value
    }
    // What other schemas say of the same value may take it as it was, and not otherwise.
    if changes.count > before, !accepts(result, reading), accepts(value, reading) {
      changes.removeSubrange(before...)
      return value
    }
    return result
  }

  private mutating func read(
    _ members: JSONObject, by properties: [(name: String, reading: SchemaReading)], depth: Int
  ) -> JSONObject {
    steps -= properties.count
    var result = members
    var absent = JSONObject()
    for (name, reading) in properties {
      guard !isExhausted, let member = members[name] else { continue }
      if reading.isNullIfAbsent, member == .null, !accepts(.null, reading) {
        absent[name] = member
        at(.key(name)) { $0.note(.absent) }
      } else {
        result[name] = at(.key(name)) { $0.read(member, by: reading, depth: depth + 1) }
      }
    }
    return absent.isEmpty ? result : JSONObject(result.lazy.filter { absent[$0.key] == nil }.map { ($0.key, $0.value) })
  }

  /// The value by the first form that it has, or else by the first that makes it fit.
  private mutating func read(
    _ value: JSONValue, byOneOf alternatives: [SchemaReading.Alternative], depth: Int
  ) -> JSONValue {
    let possible = alternatives.filter { $0.type == nil || $0.type == value.typeName }
    for alternative in possible where accepts(value, alternative.reading) {
      return read(value, by: alternative.reading, depth: depth + 1)
    }
    let before = changes.count
    for alternative in possible where !alternative.reading.isPlain {
      let attempt = read(value, by: alternative.reading, depth: depth + 1)
      if changes.count > before, accepts(attempt, alternative.reading) { return attempt }
      changes.removeSubrange(before...)
    }
    return value
  }

  /// What a text holds; the text, where that would not fit, or was not asked for.
  private mutating func decoded(_ text: String, ofObject: Bool, _ reading: SchemaReading) -> JSONValue {
    let value = JSONValue.string(text)
    steps -= text.utf8.count / 16
    guard !isExhausted, let inner = try? JSONValue(parsing: text, duplicates: .reject) else { return value }
    if ofObject {
      let isKnown = !reading.parts.isEmpty
      guard inner.objectValue != nil || isKnown && inner == .null, !isKnown || !accepts(value, reading) else {
        return value
      }
    }
    guard accepts(inner, reading) else { return value }
    note(.writtenAsText)
    return inner
  }

  private mutating func accepts(_ value: JSONValue, _ reading: SchemaReading) -> Bool {
    !isExhausted && reading.parts.allSatisfy { graph.accepts(value, at: $0, spending: &checkSteps) }
  }

  private mutating func at<Result>(_ step: Step, _ body: (inout Self) -> Result) -> Result {
    path.append(step)
    defer { path.removeLast() }
    return body(&self)
  }

  private mutating func note(_ kind: ArgumentRepair.Kind) {
    var pointer = ""
    for step in path {
      switch step {
      case .key(let key): pointer += "/" + PointerToken.escaping(key)
      case .index(let index): pointer += "/\(index)"
      }
    }
    steps -= pointer.utf8.count / 16
    changes.append(ArgumentRepair(kind, at: pointer))
  }
}
