package import MartletJSON

extension FieldTable {
  /// The JSON Schema of the mapping.
  package var schema: JSONValue {
    var properties: JSONObject = [:]
    for field in fields {
      for word in [field.key] + field.aliases { properties[word] = field.schema(of: word) }
    }
    var schema: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = fields.filter { $0.isRequired && $0.aliases.isEmpty }.map { JSONValue.string($0.key) }
    if !required.isEmpty { schema["required"] = .array(required) }
    let eitherWord = fields.filter { $0.isRequired && !$0.aliases.isEmpty }.map(\.requiredByAnyWord)
    let rules = eitherWord + fields.flatMap(\.onlyOneWord) + rules
    if !rules.isEmpty { schema["allOf"] = .array(rules) }
    schema["patternProperties"] = ["^x-": true]
    schema["additionalProperties"] = false
    return .object(schema)
  }
}

extension Field {
  /// The schema of the value under one of the words for the key.
  fileprivate func schema(of word: String) -> JSONValue {
    guard var schema = schema.objectValue else { return schema }
    schema["description"] = .string((isSupported ? "" : "Not supported yet: ") + documentation)
    if !isSupported { schema["x-not-supported-yet"] = true }
    if let defaultValue { schema["default"] = defaultValue }
    if word != canonicalKey { schema["deprecated"] = true }
    return .object(schema)
  }

  /// An alias beside its canonical word is a duplicate key.
  fileprivate var onlyOneWord: [JSONValue] {
    let words = [key] + aliases
    return words.indices.flatMap { first in
      words[(first + 1)...].map { ["not": ["required": [.string(words[first]), .string($0)]]] }
    }
  }

  fileprivate var requiredByAnyWord: JSONValue {
    ["anyOf": .array(([key] + aliases).map { ["required": [.string($0)]] })]
  }
}
