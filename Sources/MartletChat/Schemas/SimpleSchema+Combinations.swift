import MartletJSON

/// Schemas that hold for one value together, made into one.
extension SimpleSchema {
  /// The schema with those of its `allOf` put into it, as far as they can be; what it says itself counts.
  static func merged(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.objectValue, let parts = object["allOf"]?.arrayValue else { return schema }
    object["allOf"] = nil
    for part in parts {
      var part = merged(part).objectValue ?? [:]
      // Who is checked by the whole is by what it consists of.
      if object[PartMark.key] != nil { part[PartMark.key] = nil }
      object = combined(object, part, secondCounts: false)
    }
    return .object(object)
  }

  /// Two schemas for one value as one, such as what holds for the whole and what holds for one alternative of it; where
  /// they say different things, one counts.
  static func combined(
    _ first: JSONObject, _ second: JSONObject, secondCounts: Bool = true, describingBoth: Bool = false
  ) -> JSONObject {
    var result = first
    for (key, value) in second.map({ ($0.key, $0.value) }) {
      switch (key, result[key], value) {
      case ("properties", .object(var properties)?, .object(let others)):
        for other in others {
          properties[other.key] = combined(properties[other.key] ?? true, other.value, secondCounts: secondCounts)
        }
        result[key] = .object(properties)
      case ("required", .array(let names)?, .array(let others)), (PartMark.key, .array(let names)?, .array(let others)):
        result[key] = .array(names + others.filter { !names.contains($0) })
      case ("type", .string(let type)?, .array(let others)) where others.contains(.string(type)): break
      case ("type", .array(let types)?, .string) where types.contains(value): result[key] = value
      case ("description", .string(let text)?, .string(let other))
      where describingBoth && !text.isEmpty && text != other:
        result[key] = .string(text + " " + other)
      case (_, .some, _) where !secondCounts: break
      default: result[key] = value
      }
    }
    return result
  }

  private static func combined(_ first: JSONValue, _ second: JSONValue, secondCounts: Bool) -> JSONValue {
    guard first != false, second != false else { return false }
    guard let whole = first.objectValue, let own = second.objectValue else { return second == true ? first : second }
    return .object(combined(whole, own, secondCounts: secondCounts))
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
      let named = alternatives.flatMap { $0["properties"]?.objectValue.map { Array($0.keys) } ?? [] }
      for name in JSONObject(named.map { ($0, true) }).keys {
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
    var known: Set<JSONValue> = []
    let different = schemas.filter { known.insert(PartMark.removing(from: $0)).inserted }
    if different.count == 1, let only = different.first?.objectValue {
      return .object(combined(whole, only, describingBoth: true))
    }
    guard whole["anyOf"] == nil else { return .object(whole) }
    var object = whole
    object["anyOf"] = .array(different)
    return .object(object)
  }
}
