/// A JSON Schema as Swift code writes it; what is wrong with it is said when it is compiled.
///
/// ```swift
/// let parameters = JSONSchema.object(
///   .required("location", .string("City name")),
///   .optional("unit", .string(oneOf: ["celsius", "fahrenheit"])))
/// ```
///
/// The words are those of JSON Schema 2020-12 (Validation). Nothing that is written here can trap: two properties of one
/// name, a pattern that is none or a bound that is not finite are errors of ``JSONSchema``.
public struct SchemaDocument: Sendable, Hashable {
  /// The schema as JSON.
  public private(set) var json: JSONValue
  /// What the JSON cannot show: a property that was declared twice.
  let problems: [JSONSchemaError.Problem]

  /// Takes a schema that is JSON already.
  public init(_ json: JSONValue) {
    self.init(json, problems: [])
  }

  private init(_ json: JSONValue, problems: [JSONSchemaError.Problem]) {
    self.json = json
    self.problems = problems
  }

  private init(_ type: String, _ description: String?, _ keywords: [(key: String, value: JSONValue?)] = []) {
    var schema: JSONObject = ["type": .string(type)]
    if let description { schema["description"] = .string(description) }
    for (key, value) in keywords { if let value { schema[key] = value } }
    self.init(.object(schema))
  }

  /// The same schema with a keyword added or replaced.
  func adding(_ key: String, _ value: JSONValue) -> SchemaDocument {
    var schema = json.objectValue ?? [:]
    schema[key] = value
    return SchemaDocument(.object(schema), problems: problems)
  }
}

extension SchemaDocument {
  /// A text, or one of a few texts; lengths are in Unicode code points.
  public static func string(
    _ description: String? = nil, oneOf values: [String]? = nil, minLength: Int? = nil, maxLength: Int? = nil,
    pattern: String? = nil, format: String? = nil
  ) -> SchemaDocument {
    SchemaDocument(
      "string", description,
      [
        ("enum", values.map { .array($0.map { .string($0) }) }), ("minLength", minLength.map { .whole($0) }),
        ("maxLength", maxLength.map { .whole($0) }), ("pattern", pattern.map { .string($0) }),
        ("format", format.map { .string($0) }),
      ])
  }

  /// A whole number.
  public static func integer(
    _ description: String? = nil, minimum: Int? = nil, maximum: Int? = nil
  ) -> SchemaDocument {
    SchemaDocument(
      "integer", description, [("minimum", minimum.map { .whole($0) }), ("maximum", maximum.map { .whole($0) })])
  }

  /// A number.
  public static func number(
    _ description: String? = nil, minimum: Double? = nil, maximum: Double? = nil
  ) -> SchemaDocument {
    SchemaDocument(
      "number", description, [("minimum", minimum.map { .bound($0) }), ("maximum", maximum.map { .bound($0) })])
  }

  /// True or false.
  public static func boolean(_ description: String? = nil) -> SchemaDocument {
    SchemaDocument("boolean", description)
  }

  /// A list whose items all fit one schema.
  public static func array(
    _ description: String? = nil, of items: SchemaDocument, minItems: Int? = nil, maxItems: Int? = nil,
    uniqueItems: Bool = false
  ) -> SchemaDocument {
    let list = SchemaDocument(
      "array", description,
      [
        ("items", items.json), ("minItems", minItems.map { .whole($0) }), ("maxItems", maxItems.map { .whole($0) }),
        ("uniqueItems", uniqueItems ? .some(.bool(true)) : .none),
      ])
    return SchemaDocument(list.json, problems: items.problems(below: "/items"))
  }

  /// An object with these properties and no others.
  public static func object(_ properties: Property...) -> SchemaDocument {
    object(description: nil, properties)
  }

  /// An object with these properties and no others.
  public static func object(_ description: String, _ properties: Property...) -> SchemaDocument {
    object(description: description, properties)
  }

  /// An object with any names whose values all fit one schema.
  public static func dictionary(_ description: String? = nil, of values: SchemaDocument) -> SchemaDocument {
    let object = SchemaDocument("object", description, [("additionalProperties", values.json)])
    return SchemaDocument(object.json, problems: values.problems(below: "/additionalProperties"))
  }

  /// A value that fits at least one of the schemas.
  public static func anyOf(_ schemas: SchemaDocument...) -> SchemaDocument {
    SchemaDocument(
      ["anyOf": .array(schemas.map(\.json))],
      problems: schemas.enumerated().flatMap { $1.problems(below: "/anyOf/\($0)") })
  }

  /// Any value.
  public static var any: SchemaDocument { SchemaDocument([:]) }

  /// The same schema, for a value that may also be null.
  public var orNull: SchemaDocument { .anyOf(self, SchemaDocument(["type": "null"])) }

  /// The same schema with the value that counts when there is none; an annotation, which asserts nothing.
  public func defaulting(to value: JSONValue) -> SchemaDocument { adding("default", value) }

  fileprivate static func object(description: String?, _ properties: [Property]) -> SchemaDocument {
    var members = JSONObject()
    var problems: [JSONSchemaError.Problem] = []
    for property in properties {
      let pointer = "/properties/" + property.name.replacing("~", with: "~0").replacing("/", with: "~1")
      if members[property.name] != nil {
        problems.append(.init(pointer: pointer, message: "is declared twice"))
      }
      members[property.name] = property.schema.json
      problems += property.schema.problems(below: pointer)
    }
    let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
    let object = SchemaDocument(
      "object", description,
      [
        ("properties", .object(members)), ("required", required.isEmpty ? .none : .some(.array(required))),
        ("additionalProperties", .bool(false)),
      ])
    return SchemaDocument(object.json, problems: problems)
  }

  private func problems(below pointer: String) -> [JSONSchemaError.Problem] {
    problems.map { .init(pointer: pointer + $0.pointer, message: $0.message) }
  }

  /// A property of an object.
  public struct Property: Sendable, Hashable {
    let name: String
    let schema: SchemaDocument
    let isRequired: Bool

    /// A property that must be there.
    public static func required(_ name: String, _ schema: SchemaDocument) -> Property {
      Property(name: name, schema: schema, isRequired: true)
    }

    /// A property that may be absent.
    public static func optional(_ name: String, _ schema: SchemaDocument) -> Property {
      Property(name: name, schema: schema, isRequired: false)
    }
  }
}

extension JSONSchema {
  /// Compiles a schema that Swift code wrote.
  ///
  /// - Throws: ``JSONSchemaError`` with all that is wrong with it.
  public init(_ document: SchemaDocument, options: Options = Options()) throws(JSONSchemaError) {
    guard document.problems.isEmpty else { throw JSONSchemaError(problems: document.problems) }
    try self.init(document.json, options: options)
  }

  /// An object with these properties and no others: what the arguments of a tool are.
  public static func object(_ properties: SchemaDocument.Property...) -> SchemaDocument {
    SchemaDocument.object(description: nil, properties)
  }
}

extension JSONValue {
  fileprivate static func whole(_ number: Int) -> JSONValue { .number(JSONNumber(number)) }

  /// A bound; one that is not finite becomes what no schema accepts.
  fileprivate static func bound(_ number: Double) -> JSONValue { JSONNumber(number).map { .number($0) } ?? .null }
}
