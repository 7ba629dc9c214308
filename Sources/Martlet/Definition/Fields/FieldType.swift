package import MartletJSON
package import MartletYAML

/// The type of a field's value: how it is read, and what a JSON Schema and an error message call it.
package struct FieldType<Value>: Sendable {
  /// Made only when it is asked for: reading a file needs none.
  package var schema: JSONValue { makeSchema() }
  private let makeSchema: @Sendable () -> JSONValue
  /// Reads a value, or reports what is wrong with it and gives nil.
  let read: @Sendable (YAMLNode, DefinitionReader) -> Value?

  init(
    schema: @autoclosure @escaping @Sendable () -> JSONValue,
    read: @escaping @Sendable (YAMLNode, DefinitionReader) -> Value?
  ) {
    makeSchema = schema
    self.read = read
  }

  /// The same value; the schema says more of what is refused elsewhere.
  func describing(_ keywords: JSONObject) -> FieldType {
    FieldType(schema: schema.adding(keywords), read: read)
  }

  /// The same value, turned into another type; nil is returned after a report of its own.
  func map<Other>(
    _ transform: @escaping @Sendable (Value, YAMLNode, DefinitionReader) -> Other?
  ) -> FieldType<Other> {
    FieldType<Other>(schema: schema) { node, reader in
      read(node, reader).flatMap { transform($0, node, reader) }
    }
  }
}

extension FieldType<String> {
  /// Any text.
  package static let string = FieldType(schema: ["type": "string"]) { node, reader in
    if let text = node.string { return text }
    reader.reportType(node, expected: "a string")
    return nil
  }

  /// A name as function calling allows it: `[A-Za-z0-9_-]{1,64}`.
  package static let name = FieldType(schema: ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"]) { node, reader in
    guard let name = string.read(node, reader) else { return nil }
    if ToolName.isValid(name) { return name }
    reader.report(
      "`\(name)` is not a valid name", at: node.start,
      hint: "a name has 1 to 64 characters out of A-Z a-z 0-9 _ -, such as \(ToolName.nearestValid(to: name))")
    return nil
  }

  /// One of a few words.
  package static func choice(_ words: [String]) -> FieldType {
    FieldType(schema: ["type": "string", "enum": .array(words.map { .string($0) })]) { node, reader in
      if let word = words.first(where: { node.has($0) }) { return word }
      guard let text = node.text else {
        reader.reportType(node, expected: "one of \(words.joined(separator: ", "))")
        return nil
      }
      let hint = Suggestion.nearest(to: text, in: words).map { "did you mean `\($0)`?" }
      reader.report("expected one of \(words.joined(separator: ", ")), found `\(text)`", at: node.start, hint: hint)
      return nil
    }
  }
}

extension FieldType<Bool> {
  package static let bool = FieldType(schema: ["type": "boolean"]) { node, reader in
    if case .bool(let value)? = node.scalar?.value { return value }
    reader.reportType(node, expected: "true or false")
    return nil
  }
}

extension JSONValue {
  /// The object with these members as well.
  fileprivate func adding(_ members: JSONObject) -> JSONValue {
    var object = objectValue ?? [:]
    object.merge(members)
    return .object(object)
  }
}

extension FieldType<Int> {
  private static func schema(of range: ClosedRange<Int>) -> JSONValue {
    var schema: JSONObject = ["type": "integer"]
    if range.lowerBound != .min { schema["minimum"] = .number(JSONNumber(range.lowerBound)) }
    if range.upperBound != .max { schema["maximum"] = .number(JSONNumber(range.upperBound)) }
    return .object(schema)
  }

  /// A whole number in a range.
  package static func integer(_ range: ClosedRange<Int>) -> FieldType {
    FieldType(schema: schema(of: range)) { node, reader in
      guard case .number(let spelling)? = node.scalar?.value, let number = JSONNumber(spelling: spelling) else {
        reader.reportType(node, expected: "a whole number")
        return nil
      }
      guard let value = number.intValue else {
        reader.report("expected a whole number that fits 64 bits, found \(spelling.prefix(40))", at: node.start)
        return nil
      }
      if range.contains(value) { return value }
      let bound =
        range.count == 1
        ? "\(range.lowerBound)"
        : range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      reader.report(
        "expected \(range.count == 1 ? "" : "a whole number ")\(bound), found \(spelling)", at: node.start)
      return nil
    }
  }
}

extension FieldType<JSONValue> {
  /// Any value that JSON can express.
  package static let json = FieldType(schema: [:]) { node, reader in reader.json(node) }

  /// Any mapping, as a JSON object.
  package static let object = FieldType(schema: ["type": "object"]) { node, reader in
    reader.mapping(node, expected: "an object") == nil ? nil : reader.json(node)
  }

  private static func schema(of range: ClosedRange<Double>) -> JSONValue {
    var schema: JSONObject = ["type": "number"]
    if range.lowerBound.isFinite { schema["minimum"] = JSONNumber(range.lowerBound).map { .number($0) } }
    if range.upperBound.isFinite { schema["maximum"] = JSONNumber(range.upperBound).map { .number($0) } }
    return .object(schema)
  }

  /// A number in a range, with the spelling of the file.
  package static func number(_ range: ClosedRange<Double>) -> FieldType {
    FieldType(schema: schema(of: range)) { node, reader in
      guard case .number(let spelling)? = node.scalar?.value, let number = JSONNumber(spelling: spelling) else {
        reader.reportType(node, expected: "a number")
        return nil
      }
      if let value = number.doubleValue, range.contains(value) { return .number(number) }
      reader.report("expected a number \(range.inWords), found \(spelling)", at: node.start)
      return nil
    }
  }
}

extension FieldType {
  /// A list of values of one type.
  package static func list<Element>(of element: FieldType<Element>) -> FieldType where Value == [Element] {
    FieldType(schema: ["type": "array", "items": element.schema]) { node, reader in
      guard let nodes = node.sequence else {
        reader.reportType(node, expected: "a list")
        return nil
      }
      return nodes.enumerated().compactMap { index, item in
        reader.within(item: index) { element.read(item, reader) }
      }
    }
  }

  /// A mapping that is read by its own table into a fresh value.
  package static func fields(
    _ table: @autoclosure @escaping @Sendable () -> FieldTable<Value>,
    _ make: @escaping @Sendable (YAMLNode) -> Value
  ) -> FieldType {
    FieldType(schema: table().schema) { node, reader in
      let table = table()
      var value = make(node)
      guard node.isMapping else {
        reader.reportType(node, expected: "\(table.noun) (a mapping of keys to values)")
        return nil
      }
      reader.readFields(of: node, table, into: &value)
      return value
    }
  }
}

extension ClosedRange<Double> {
  fileprivate var inWords: String {
    upperBound.isFinite ? "from \(lowerBound.short) to \(upperBound.short)" : "of at least \(lowerBound.short)"
  }
}

extension Double {
  fileprivate var short: String { self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self) }
}
