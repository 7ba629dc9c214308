package import MartletJSON
package import MartletYAML

/// One rule of the embedded model: when it fits, and what it answers.
package struct ScriptRule: Sendable {
  package enum Condition: Sendable {
    case always
    /// The newest message is the user's and matches.
    case userMessage(Located<Pattern>)
    /// The newest turn has a result of this tool.
    case result(of: Located<String>)
  }

  package struct Call: Sendable {
    package var tool: Located<String>
    package var arguments: JSONTemplate
  }

  /// A fault of the wire, played a number of times.
  package struct Fault: Sendable {
    package var status = 500
    package var retryAfter: Double?
    package var times = 1
  }

  package enum Answer: Sendable {
    case reply(text: LocatedTemplate?, calls: [Call])
    case fault(Fault)
  }

  package var condition: Condition
  package var answer: Answer
  package var mark: YAMLMark?

  /// All templates of the rule.
  package var templates: [LocatedTemplate] {
    guard case .reply(let text, let calls) = answer else { return [] }
    return [text].compactMap { $0 } + calls.flatMap(\.arguments.templates)
  }
}

/// The keys of a rule, before it is known what they make together.
private struct ScriptRuleFields: Sendable {
  var when: Located<Pattern>?
  var after: Located<String>?
  var say: LocatedTemplate?
  var call: [ScriptRule.Call]?
  var fail: Located<ScriptRule.Fault>?

  static let table = FieldTable<ScriptRuleFields>(
    "a script rule",
    rules: [
      ["not": ["required": ["when", "after"]]],
      ["oneOf": [["required": ["fail"]], ["anyOf": [["required": ["say"]], ["required": ["call"]]]]]],
    ]
  ) {
    Field(
      "when", \.when, .located(.pattern.describing(["format": "regex"])),
      "Fits a newest user message that matches this, ignoring case")
    Field("after", \.after, .located(.string), "Fits when the newest turn has a result of this tool")
    Field("say", \.say, .template, "Text of the answer, a template")
    Field("call", \.call, .scriptCalls, "Tools to call: `{tool: {argument: value}}`, or a list of them")
    Field("fail", \.fail, .located(.fault), "A fault of the wire to play")
  }
}

extension FieldType<ScriptRule> {
  package static let scriptRule = FieldType(schema: ScriptRuleFields.table.schema) { node, reader in
    var fields = ScriptRuleFields()
    reader.readFields(of: node, ScriptRuleFields.table, into: &fields)
    guard let pairs = node.mapping else { return nil }
    let keys = Set(pairs.compactMap { $0.key.text })
    if keys.isSuperset(of: ["when", "after"]) {
      reader.report("a rule has `when` or `after`, not both", at: node.start)
    }
    if keys.isDisjoint(with: ["say", "call", "fail"]) {
      reader.report("a rule needs an answer: `say`, `call` or `fail`", at: node.start)
    }
    if keys.contains("fail"), !keys.isDisjoint(with: ["say", "call"]) {
      reader.report(
        "a rule that fails answers nothing", at: node.start,
        hint: "put `say` or `call` into a rule of its own below: it answers once this one is used up")
    }
    return fields.rule(at: node.start)
  }
}

extension ScriptRuleFields {
  fileprivate func rule(at mark: YAMLMark) -> ScriptRule {
    let condition: ScriptRule.Condition =
      if let when { .userMessage(when) } else if let after { .result(of: after) } else { .always }
    let answer: ScriptRule.Answer = fail.map { .fault($0.value) } ?? .reply(text: say, calls: call ?? [])
    return ScriptRule(condition: condition, answer: answer, mark: mark)
  }
}

extension FieldType<ScriptRule.Fault> {
  private static let table = FieldTable<ScriptRule.Fault>("a fault") {
    Field("status", \.status, .integer(400...599), required: true, "HTTP status")
    Field("retry_after", \.retryAfter, .seconds, "Seconds that the server asks to wait")
    Field("times", \.times, .integer(1...Int.max), default: 1, "How often it is played")
  }

  fileprivate static let fault = FieldType.fields(table) { _ in ScriptRule.Fault() }
}

extension FieldType<Double> {
  fileprivate static let seconds = FieldType<JSONValue>.number(0...86_400).map { value, _, _ in value.doubleValue }
}

extension FieldType<Pattern> {
  /// A regular expression that is searched ignoring case.
  fileprivate static let pattern = FieldType<String>.string.map { text, node, reader -> Pattern? in
    do throws(PatternError) {
      return try Pattern(text, ignoringCase: true)
    } catch {
      reader.report("invalid regular expression: \(error)", at: node.start)
      return nil
    }
  }
}

extension FieldType<[ScriptRule.Call]> {
  /// One tool and its arguments.
  private static var scriptCall: JSONValue {
    ["type": "object", "additionalProperties": ["type": ["object", "null"]], "minProperties": 1, "maxProperties": 1]
  }

  fileprivate static let scriptCalls = FieldType(
    schema: ["anyOf": [scriptCall, ["type": "array", "items": scriptCall, "minItems": 1]]]
  ) { node, reader in
    guard let nodes = node.sequence else { return reader.scriptCall(node).map { [$0] } }
    if nodes.isEmpty { reader.report("expected at least one call", at: node.start) }
    return nodes.enumerated().compactMap { index, item in reader.within(item: index) { reader.scriptCall(item) } }
  }
}

extension DefinitionReader {
  fileprivate func scriptCall(_ node: YAMLNode) -> ScriptRule.Call? {
    guard let pairs = mapping(node, expected: "a tool and its arguments") else { return nil }
    guard pairs.count == 1, let pair = pairs.first else {
      report(
        "expected one tool and its arguments", at: node.start, hint: "write several calls as a list: [{a: {}}, {b: {}}]"
      )
      return nil
    }
    guard let name = key(of: pair.key) else { return nil }
    let isEmpty = pair.value.scalar?.isNull ?? false
    if !isEmpty, !pair.value.isMapping {
      reportType(pair.value, expected: "the arguments (a mapping of names to values)")
      return nil
    }
    guard let arguments = isEmpty ? .object([]) : within(name, { jsonTemplate(pair.value) }) else { return nil }
    return ScriptRule.Call(tool: Located(name, at: pair.key.start), arguments: arguments)
  }

  private func jsonTemplate(_ node: YAMLNode) -> JSONTemplate? {
    switch node.content {
    case .scalar(let scalar):
      if case .string(let text) = scalar.value { return template(text, at: node).map { .text($0) } }
      return json(node).map { .literal($0) }
    case .sequence(let nodes):
      let items = nodes.map { jsonTemplate($0) }
      return items.contains { $0 == nil } ? nil : .array(items.compactMap { $0 })
    case .mapping(let pairs):
      var members: [(key: String, value: JSONTemplate)] = []
      var keys: Set<String> = []
      for pair in pairs {
        guard let key = key(of: pair.key), let value = jsonTemplate(pair.value) else { return nil }
        if !keys.insert(key).inserted {
          report("duplicate key `\(key)`", at: pair.key.start, hint: "keep one of them")
        }
        members.append((key, value))
      }
      return .object(members)
    }
  }
}
