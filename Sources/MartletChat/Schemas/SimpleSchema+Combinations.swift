import MartletJSON

/// Schemas that hold for one value together, made into one.
extension SimpleSchema {
  /// The schema with those of its `allOf` put into it, as far as they can be.
  static func merged(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.objectValue, let parts = object["allOf"]?.arrayValue else { return schema }
    object["allOf"] = nil
    for part in parts {
      for (key, value) in merged(part).objectValue?.map({ ($0.key, $0.value) }) ?? [] {
        switch (key, object[key]) {
        case ("properties", .object(let properties)?):
          object[key] = .object(combinedProperties(properties, value.objectValue ?? [:]))
        case ("required", .array(let names)?):
          object[key] = .array(names + (value.arrayValue ?? []).filter { !names.contains($0) })
        case (_, nil): object[key] = value
        default: break
        }
      }
    }
    return .object(object)
  }

  /// What holds for the whole and what holds for one alternative of it, which says more about the same things.
  static func combined(_ whole: JSONObject, _ own: JSONObject) -> JSONObject {
    var result = whole
    for (key, value) in own.map({ ($0.key, $0.value) }) {
      switch (key, result[key]) {
      case ("properties", .object(let properties)?):
        result[key] = .object(combinedProperties(properties, value.objectValue ?? [:]))
      case ("required", .array(let names)?):
        result[key] = .array(names + (value.arrayValue ?? []).filter { !names.contains($0) })
      case ("description", .string(let text)?) where !text.isEmpty && value != .string(text):
        result[key] = .string(text + " " + (value.stringValue ?? ""))
      case ("type", .string(let type)?) where value.arrayValue?.contains(.string(type)) ?? false: break
      default: result[key] = value
      }
    }
    return result
  }

  private static func combinedProperties(_ whole: JSONObject, _ own: JSONObject) -> JSONObject {
    var result = whole
    for (name, schema) in own.map({ ($0.key, $0.value) }) {
      guard let other = result[name]?.objectValue, let schema = schema.objectValue else {
        if result[name] == nil || schema.objectValue != nil { result[name] = schema }
        continue
      }
      result[name] = .object(combined(other, schema))
    }
    return result
  }

  /// An object that has the properties of all its alternatives, and requires what each of them does.
  static func withoutAlternatives(_ schema: JSONValue) -> JSONObject {
    guard var object = merged(schema).objectValue else { return [:] }
    for word in ["anyOf", "oneOf"] {
      guard let alternatives = object[word]?.arrayValue?.map(withoutAlternatives), !alternatives.isEmpty else {
        continue
      }
      object[word] = nil
      var properties = object["properties"]?.objectValue ?? [:]
      for name in alternatives.flatMap({ $0["properties"]?.objectValue.map { Array($0.keys) } ?? [] }) {
        let schemas = alternatives.compactMap { $0["properties"]?[name] }
        guard properties[name] == nil || schemas.count == alternatives.count else { continue }
        properties[name] = choice(of: schemas, beside: object["properties"]?[name]?.objectValue ?? [:])
      }
      if !properties.isEmpty { object["properties"] = .object(properties) }
      let common = alternatives[0]["required"]?.arrayValue?.filter { name in
        alternatives.allSatisfy { $0["required"]?.arrayValue?.contains(name) ?? false }
      }
      let required = object["required"]?.arrayValue ?? []
      let names = required + (common ?? []).filter { !required.contains($0) }
      if !names.isEmpty { object["required"] = .array(names) }
    }
    return object
  }

  /// The schema of a property that alternatives of an object describe.
  private static func choice(of schemas: [JSONValue], beside whole: JSONObject) -> JSONValue {
    let different = schemas.reduce(into: [JSONValue]()) { if !$0.contains($1) { $0.append($1) } }
    if different.count == 1, let only = different.first?.objectValue { return .object(combined(whole, only)) }
    guard whole["anyOf"] == nil else { return .object(whole) }
    var object = whole
    object["anyOf"] = .array(different)
    return .object(object)
  }
}
