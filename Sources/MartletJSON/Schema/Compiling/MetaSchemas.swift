/// The meta-schemas of drafts 2020-12 and 7, which schemas may refer to, and which nothing is fetched for.
///
/// They are kept as data in a short form, one keyword a line with the kind of its value, and become JSON when a schema asks
/// for them.
enum MetaSchemas {
  /// The document of a URI without its fragment; nil if there is none.
  static func document(_ uri: String) -> JSONValue? {
    if uri.hasSameCodePoints(as: draft7URI) { return draft7 }
    guard uri.hasPrefix(folder) else { return nil }
    switch uri.dropFirst(folder.count) {
    case "schema": return root
    case "meta/core":
      return vocabulary(
        "core", "Core", core,
        definitions: [
          "anchorString": ["type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"],
          "uriString": ["type": "string", "format": "uri"],
          "uriReferenceString": ["type": "string", "format": "uri-reference"],
        ])
    case "meta/applicator":
      return vocabulary(
        "applicator", "Applicator", applicator, definitions: ["schemaArray": schemaArray(selfReference)])
    case "meta/unevaluated": return vocabulary("unevaluated", "Unevaluated", unevaluated)
    case "meta/validation": return vocabulary("validation", "Validation", validation, definitions: counts)
    case "meta/format-annotation": return vocabulary("format-annotation", "Format annotation", "format string")
    case "meta/format-assertion": return vocabulary("format-assertion", "Format assertion", "format string")
    case "meta/content": return vocabulary("content", "Content", content)
    case "meta/meta-data": return vocabulary("meta-data", "Meta-data", metaData)
    default: return nil
    }
  }

  private static let folder = "https://json-schema.org/draft/2020-12/"
  private static let draft7URI = "http://json-schema.org/draft-07/schema"

  // MARK: Draft 2020-12

  private static let selfReference: JSONValue = ["$dynamicRef": "#meta"]

  private static var root: JSONValue {
    let parts = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"]
    return [
      "$schema": .string(folder + "schema"), "$id": .string(folder + "schema"),
      "$vocabulary": .object(JSONObject(parts.map { (folder + "vocab/" + $0, true) })), "$dynamicAnchor": "meta",
      "title": "Core and Validation specifications meta-schema",
      "allOf": .array(parts.map { ["$ref": .string("meta/" + $0)] }), "type": ["object", "boolean"],
      "properties": [
        "definitions": [
          "type": "object", "additionalProperties": selfReference, "deprecated": true, "default": [:],
        ],
        "dependencies": [
          "type": "object",
          "additionalProperties": ["anyOf": [selfReference, ["$ref": "meta/validation#/$defs/stringArray"]]],
          "deprecated": true, "default": [:],
        ],
        "$recursiveAnchor": ["$ref": "meta/core#/$defs/anchorString", "deprecated": true],
        "$recursiveRef": ["$ref": "meta/core#/$defs/uriReferenceString", "deprecated": true],
      ],
    ]
  }

  private static func vocabulary(
    _ name: String, _ title: String, _ keywords: String, definitions: JSONValue? = nil
  ) -> JSONValue {
    var schema: JSONObject = [
      "$schema": .string(folder + "schema"), "$id": .string(folder + "meta/" + name), "$dynamicAnchor": "meta",
      "title": .string(title + " vocabulary meta-schema"), "type": ["object", "boolean"],
      "properties": properties(keywords, schema: selfReference, definitions: "#/$defs/"),
    ]
    if let definitions { schema["$defs"] = definitions }
    return .object(schema)
  }

  private static let core = """
    $id =uriReferenceString ^[^#]*#?$
    $schema =uriString
    $ref =uriReferenceString
    $anchor =anchorString
    $dynamicRef =uriReferenceString
    $dynamicAnchor =anchorString
    $vocabulary uris
    $comment string
    $defs schemas
    """

  private static let applicator = """
    prefixItems =schemaArray
    items schema
    contains schema
    additionalProperties schema
    properties schemas
    patternProperties patterns
    dependentSchemas schemas
    propertyNames schema
    if schema
    then schema
    else schema
    allOf =schemaArray
    anyOf =schemaArray
    oneOf =schemaArray
    not schema
    """

  private static let unevaluated = """
    unevaluatedItems schema
    unevaluatedProperties schema
    """

  private static let validation = """
    type types
    const any
    enum array
    multipleOf positive
    maximum number
    exclusiveMaximum number
    minimum number
    exclusiveMinimum number
    maxLength =nonNegativeInteger
    minLength =nonNegativeIntegerDefault0
    pattern regex
    maxItems =nonNegativeInteger
    minItems =nonNegativeIntegerDefault0
    uniqueItems boolean
    maxContains =nonNegativeInteger
    minContains =nonNegativeInteger
    maxProperties =nonNegativeInteger
    minProperties =nonNegativeIntegerDefault0
    required =stringArray
    dependentRequired lists
    """

  private static let content = """
    contentEncoding string
    contentMediaType string
    contentSchema schema
    """

  private static let metaData = """
    title string
    description string
    default any
    deprecated boolean
    readOnly boolean
    writeOnly boolean
    examples array
    """

  private static var counts: JSONValue {
    [
      "nonNegativeInteger": ["type": "integer", "minimum": 0],
      "nonNegativeIntegerDefault0": ["$ref": "#/$defs/nonNegativeInteger", "default": 0],
      "simpleTypes": simpleTypes, "stringArray": stringArray,
    ]
  }

  // MARK: Draft 7

  private static var draft7: JSONValue {
    let own: JSONValue = ["$ref": "#"]
    let keywords = [core7, applicator7, validation7].joined(separator: "\n")
    var members = properties(keywords, schema: own, definitions: "#/definitions/").objectValue ?? [:]
    members["items"] = ["anyOf": [own, ["$ref": "#/definitions/schemaArray"]], "default": true]
    members["dependencies"] = [
      "type": "object", "additionalProperties": ["anyOf": [own, ["$ref": "#/definitions/stringArray"]]],
    ]
    return [
      "$schema": .string(draft7URI + "#"), "$id": .string(draft7URI + "#"), "title": "Core schema meta-schema",
      "definitions": [
        "schemaArray": schemaArray(own), "nonNegativeInteger": ["type": "integer", "minimum": 0],
        "nonNegativeIntegerDefault0": ["allOf": [["$ref": "#/definitions/nonNegativeInteger"], ["default": 0]]],
        "simpleTypes": simpleTypes, "stringArray": stringArray,
      ],
      "type": ["object", "boolean"], "properties": .object(members), "default": true,
    ]
  }

  private static let core7 = """
    $id reference
    $schema uri
    $ref reference
    $comment string
    title string
    description string
    default any
    readOnly boolean
    writeOnly boolean
    examples array
    definitions schemas
    format string
    contentMediaType string
    contentEncoding string
    """

  private static let applicator7 = """
    additionalItems schema
    items schema
    contains schema
    additionalProperties schema
    properties schemas
    patternProperties patterns
    propertyNames schema
    if schema
    then schema
    else schema
    allOf =schemaArray
    anyOf =schemaArray
    oneOf =schemaArray
    not schema
    """

  private static let validation7 = """
    multipleOf positive
    maximum number
    exclusiveMaximum number
    minimum number
    exclusiveMinimum number
    maxLength =nonNegativeInteger
    minLength =nonNegativeIntegerDefault0
    pattern regex
    maxItems =nonNegativeInteger
    minItems =nonNegativeIntegerDefault0
    uniqueItems boolean
    maxProperties =nonNegativeInteger
    minProperties =nonNegativeIntegerDefault0
    required =stringArray
    const any
    enum array
    type types
    """

  // MARK: The short form

  private static let stringArray: JSONValue = [
    "type": "array", "items": ["type": "string"], "uniqueItems": true, "default": [],
  ]

  private static let simpleTypes: JSONValue = [
    "enum": ["array", "boolean", "integer", "null", "number", "object", "string"]
  ]

  private static func schemaArray(_ schema: JSONValue) -> JSONValue {
    ["type": "array", "minItems": 1, "items": schema]
  }

  /// Writes `properties`; each line has a keyword, a kind or `=` and the name of a definition, and perhaps a pattern.
  private static func properties(_ lines: String, schema: JSONValue, definitions: String) -> JSONValue {
    var members = JSONObject()
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 1 else { continue }
      var value = rule(words[1], schema: schema, definitions: definitions)
      if words.count > 2, case .object(var object) = value {
        object["pattern"] = .string(String(words[2]))
        value = .object(object)
      }
      members[String(words[0])] = value
    }
    return .object(members)
  }

  private static func rule(_ kind: Substring, schema: JSONValue, definitions: String) -> JSONValue {
    if kind.first == "=" { return ["$ref": .string(definitions + kind.dropFirst())] }
    switch kind {
    case "any": return true
    case "schema": return schema
    case "schemas": return ["type": "object", "additionalProperties": schema, "default": [:]]
    case "patterns":
      return [
        "type": "object", "additionalProperties": schema, "propertyNames": ["format": "regex"], "default": [:],
      ]
    case "lists": return ["type": "object", "additionalProperties": ["$ref": .string(definitions + "stringArray")]]
    case "uris":
      return [
        "type": "object", "propertyNames": ["$ref": .string(definitions + "uriString")],
        "additionalProperties": ["type": "boolean"],
      ]
    case "array": return ["type": "array", "items": true]
    case "positive": return ["type": "number", "exclusiveMinimum": 0]
    case "regex": return ["type": "string", "format": "regex"]
    case "uri": return ["type": "string", "format": "uri"]
    case "reference": return ["type": "string", "format": "uri-reference"]
    case "types":
      let one: JSONValue = ["$ref": .string(definitions + "simpleTypes")]
      return ["anyOf": [one, ["type": "array", "items": one, "minItems": 1, "uniqueItems": true]]]
    default: return ["type": .string(String(kind))]
    }
  }
}
