/// A type that says by a JSON Schema what its values look like when they are written as JSON.
///
/// The answer of an agent can be of such a type without a schema of its own.
///
/// ```swift
/// extension Report: Schemable {
///   static var schema: SchemaDocument { .object(.required("title", .string()), .required("pages", .integer())) }
/// }
/// ```
public protocol Schemable {
  /// The schema of the values.
  static var schema: SchemaDocument { get }
}

extension String: Schemable {
  /// A text.
  public static var schema: SchemaDocument { .string() }
}

extension Bool: Schemable {
  /// True or false.
  public static var schema: SchemaDocument { .boolean() }
}

extension Double: Schemable {
  /// A number.
  public static var schema: SchemaDocument { .number() }
}

extension Float: Schemable {
  /// A number.
  public static var schema: SchemaDocument { .number() }
}

extension JSONValue: Schemable {
  /// Any value.
  public static var schema: SchemaDocument { .any }
}

/// Whole numbers; of the types with fewer bits than `Int` the schema states the bounds.
extension FixedWidthInteger where Self: Schemable {
  /// A whole number that the type can hold.
  public static var schema: SchemaDocument {
    let minimum = Int(exactly: Self.min)
    let maximum = Int(exactly: Self.max)
    return .integer(minimum: minimum == .min ? nil : minimum, maximum: maximum == .max ? nil : maximum)
  }
}

extension Int: Schemable {}
extension Int8: Schemable {}
extension Int16: Schemable {}
extension Int32: Schemable {}
extension Int64: Schemable {}
extension UInt: Schemable {}
extension UInt8: Schemable {}
extension UInt16: Schemable {}
extension UInt32: Schemable {}
extension UInt64: Schemable {}

extension Optional: Schemable where Wrapped: Schemable {
  /// A value, or null.
  public static var schema: SchemaDocument { Wrapped.schema.orNull }
}

extension Array: Schemable where Element: Schemable {
  /// A list.
  public static var schema: SchemaDocument { .array(of: Element.schema) }
}

extension Set: Schemable where Element: Schemable {
  /// A list in which no value stands twice.
  public static var schema: SchemaDocument { .array(of: Element.schema, uniqueItems: true) }
}

extension Dictionary: Schemable where Key == String, Value: Schemable {
  /// An object with any names.
  public static var schema: SchemaDocument { .dictionary(of: Value.schema) }
}

extension SchemaDocument {
  /// The same schema with a description for the model; an empty one changes nothing.
  public func describing(_ description: String) -> SchemaDocument {
    description.isEmpty ? self : adding("description", .string(description))
  }

  /// The schema of a type, made by `body`; within itself the type is any value, so that a type may hold itself.
  public static func describing<Value>(_ type: Value.Type, _ body: () -> SchemaDocument) -> SchemaDocument {
    let id = ObjectIdentifier(type)
    guard !OpenTypes.ids.contains(id) else { return .any }
    return OpenTypes.$ids.withValue(OpenTypes.ids.union([id]), operation: body)
  }

  /// The schema of a type; what is said of this value stands before what the type says of itself.
  public static func of<Value: Schemable>(_ type: Value.Type, _ description: String? = nil) -> SchemaDocument {
    guard let description, !description.isEmpty else { return Value.schema }
    let own = Value.schema.json["description"]?.stringValue
    return Value.schema.describing(own.map { description + "\n" + $0 } ?? description)
  }

  /// The same schema with the value that counts when there is none; one that cannot be encoded is not stated.
  public func defaulting(encoding value: some Encodable) -> SchemaDocument {
    (try? JSONValue(encoding: value)).map { defaulting(to: $0) } ?? self
  }

  /// The same schema: a value that has no form in JSON is not stated.
  @_disfavoredOverload
  public func defaulting<Value>(encoding value: Value) -> SchemaDocument { self }
}

/// The types whose schemas are being made.
private enum OpenTypes {
  @TaskLocal static var ids: Set<ObjectIdentifier> = []
}
