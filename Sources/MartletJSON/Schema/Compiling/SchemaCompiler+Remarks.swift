/// What a schema may say, but hardly ever wants to.
extension SchemaCompiler {
  /// Remarks on a keyword that nobody knows, if it looks like one that somebody does.
  mutating func remarkOnKeyword(_ keyword: String, _ value: JSONValue, at index: Int) {
    guard unknownKeywords < JSONSchemaError.maximumProblems, !keyword.hasPrefix("x-"), keyword.utf8.count > 3 else {
      return
    }
    unknownKeywords += 1
    if keyword == "nullable" {
      guard value == true, !allowsNull(self.value(of: index)) else { return }
      return remark(SchemaMessages.nullable(in: self.value(of: index)), at: index, keyword)
    }
    if let message = SchemaMessages.unknownKeyword(keyword) { remark(message, at: index, keyword) }
  }

  /// Whether the type of a schema, if it says one, has null in it.
  private func allowsNull(_ schema: JSONValue) -> Bool {
    schema["type"] == "null" || schema["type"]?.arrayValue?.contains("null") ?? false
  }

  /// The keywords whose schemas hold for the same value as the one around them.
  private static let inPlace: Set<Substring> = [
    "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies",
  ]
  /// The keywords whose schemas may be used so from elsewhere.
  private static let shared: Set<Substring> = ["$defs", "definitions"]

  /// Remarks on names that are required beside properties that lack them, unless something else speaks of those names.
  mutating func remarkOnRequired(in draft: Draft) {
    guard case .object(let schema) = value(of: draft.index), !draft.objects.required.isEmpty else { return }
    let isClosed = schema["additionalProperties"]?.boolValue == false
    if !isClosed {
      let keyword = places[draft.index].suffix.prefix { $0 != "/" }
      let speaksOfMore = schema.contains { Self.inPlace.contains($0.key[...]) }
      guard schema["properties"] != nil, schema["additionalProperties"] == nil, schema["$ref"] == nil,
        schema["$dynamicRef"] == nil, !speaksOfMore, !Self.inPlace.contains(keyword), !Self.shared.contains(keyword)
      else { return }
    }
    let properties = draft.objects.properties
    let known = properties.count > 16 ? Set(properties) : nil
    for (position, name) in draft.objects.required.enumerated()
    where !(known?.contains(name) ?? properties.contains(name)) {
      guard !isOfPattern(name, draft) else { continue }
      let message = SchemaMessages.undescribed(name, isRefused: isClosed, known: draft.objects.properties)
      remark(message, at: draft.index, "required", "\(position)")
    }
  }

  /// Whether a name may be one of `patternProperties`.
  private func isOfPattern(_ name: String, _ draft: Draft) -> Bool {
    draft.objects.patterns.contains { property in
      var steps = 10_000
      return (try? property.pattern.pointer.pointee.matches(name, spending: &steps)) ?? true
    }
  }
}
