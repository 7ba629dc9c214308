import MartletJSON

@testable import Martlet

/// The small languages in the strings of a file: what is put in takes the place of what names it, and of nothing else.
func checkText(_ input: [UInt8]) {
  let text = String(decoding: input, as: UTF8.self)
  checkTemplate(text)
  checkEnvironmentText(text)
  if let duration = timed("parsing a duration", { Duration(text) }) {
    promise(duration >= .zero && duration < .seconds(100 * 365 * 86_400), "a duration is bounded")
    _ = duration.inWords
  }
  if let spec = try? ModelSpec(text) { promise(spec.identifier == text, "a model is written as it is read") }
  promise(ToolName.isValid(ToolName.nearestValid(to: text)), "the name that is proposed is valid")
  _ = Suggestion.nearest(to: text, in: ["name", "model", "instructions"])
}

private func checkTemplate(_ text: String) {
  do throws(TemplateError) {
    let template = try timed("parsing a template") { () throws(TemplateError) in try Template(text) }
    for reference in template.references {
      promise(text.utf8[reference.start...].starts(with: "{{".utf8), "a reference begins with its braces")
    }
    if !text.utf8.containsPair("{", "{") { promise(template.expanded(with: [:]) == text, "text is kept") }
    _ = template.expanded(with: ["a": ["b": [1, "{{ c }}"]], "c": "{{ a }}"])
  } catch {
    promise(!error.problems.isEmpty, "a template that is refused has a problem")
    for problem in error.problems {
      promise(text.utf8[problem.start...].starts(with: "{{".utf8), "a problem begins with its braces")
      _ = problem.kind.description
    }
  }
}

private func checkEnvironmentText(_ text: String) {
  guard let parsed = timed("parsing variables", { EnvironmentText(text) }) else { return }
  let openings = zip(text.utf8, text.utf8.dropFirst()).count { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }
  promise(parsed.variables.count == openings, "every ${ is a variable or an error")
  var environment: [String: String] = [:]
  for name in parsed.variables { environment[name] = "${" + name + "}" }
  promise(parsed.expanded(with: environment).hasSameCodePoints(as: text), "the text around variables is kept")
}

extension Sequence<UInt8> {
  fileprivate func containsPair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    zip(self, dropFirst()).contains { UInt32($0) == first.value && UInt32($1) == second.value }
  }
}
