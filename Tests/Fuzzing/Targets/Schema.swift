import MartletJSON

@testable import MartletChat

/// The input has the form of the conformance suite: `[{"schema": …, "tests": [{"data": …}]}]`, or one such object.
///
/// Compiling and checking are bounded, both ways to check agree, and what they say fits into a message. Formats assert
/// where the first schema of the input says nothing against it, and each schema may refer to that first one.
func checkSchema(_ input: [UInt8]) {
  guard let document = try? JSONValue(parsing: input) else { return }
  let groups = document.arrayValue ?? [document]
  var options = JSONSchema.Options(checksFormats: groups.first?["formats"] != false)
  options.documents["http://localhost:1234/a"] = groups.first?["schema"]
  for group in groups {
    guard let source = group["schema"] else { continue }
    do throws(JSONSchemaError) {
      let schema = try timed("compiling") { () throws(JSONSchemaError) in try JSONSchema(source, options: options) }
      promise(schema.remarks.count <= JSONSchemaError.maximumProblems, "remarks are bounded")
      rewrite(source)
      let sent = timed("rewriting") { [SentSchema.Form.strict, .simple].map { SentSchema(schema, form: $0) } }
      for test in group["tests"]?.arrayValue ?? [] { check(test["data"] ?? test, schema, sent) }
    } catch {
      promise((1...JSONSchemaError.maximumProblems).contains(error.problems.count), "problems are bounded")
      promise(error.problems.allSatisfy { !$0.message.isEmpty }, "a problem is said")
    }
  }
}

private func rewrite(_ source: JSONValue) {
  let simple = timed("simplifying") { SimpleSchema.answer(SchemaGraph(outlining: source)) }
  promise(simple.json.canonicalString().utf8.count < 64 << 20, "a simple schema is bounded")
  _ = timed("making strict") { StrictSchema.obstacle(in: source, of: .answer) }
}

private func check(_ value: JSONValue, _ schema: JSONSchema, _ sent: [SentSchema]) {
  let violations = timed("explaining") { schema.violations(in: value) }
  let isValid = timed("checking") { schema.isValid(value) }
  promise(isValid == violations.isEmpty, "both ways to check agree")
  promise(violations.count <= JSONSchema.maximumViolations + 1, "violations are bounded")
  for violation in violations {
    promise(violation.message.utf8.count < 16 << 10, "a message is short")
    promise(!violation.keyword.isEmpty, "a violation names its keyword")
  }
  let text = value.canonicalString()
  let arguments = timed("repairing") { try? CheckedArguments(reading: text, schema: schema, repairing: true) }
  if let arguments { promise(schema.isValid(arguments.value), "what was repaired is valid") }
  for sent in sent {
    let restored = timed("restoring") { RestoredJSON(text, writtenFor: sent) }
    promise(restored.changes.isEmpty == (restored.text == text), "what is changed is said")
    if isValid, sent.form == .strict { promise(restored.text == text, "what fits stays as it is") }
  }
}
