import MartletChat
import MartletJSON

/// Everything that a model is told about its calls besides results: each says what happened and what to do.
enum ToolMessages {
  /// Violations of a schema are listed up to this many bytes.
  static let maxViolationBytes = 2048

  static func unknownTool(_ name: String, known: [String]) -> String {
    let near = Suggestion.nearest(to: name, in: known).map { " Did you mean \"\($0)\"?" } ?? ""
    let list = known.isEmpty ? "There are no tools." : "The tools are: \(known.joined(separator: ", "))."
    return "error: unknown_tool: there is no tool \"\(name.prefix(100))\".\(near) \(list)"
  }

  static func refusedArguments(_ failure: CheckedArguments.Failure) -> String {
    switch failure {
    case .tooLong(let limit):
      "error: malformed_arguments: the arguments are longer than \(limit) bytes. Call the tool again with less."
    case .unreadable(let reason):
      "error: malformed_arguments: the arguments are not one JSON object: \(reason). "
        + "Call the tool again with one whole JSON object."
    case .invalid(let violations):
      invalidArguments(violations)
    }
  }

  private static func invalidArguments(_ violations: [SchemaViolation]) -> String {
    "error: invalid_arguments: the tool was not run, because its arguments break its schema:" + list(violations)
  }

  /// The violations, each in a line of its own, the first one too.
  static func list(_ violations: [SchemaViolation]) -> String {
    var text = ""
    for (index, violation) in violations.enumerated() {
      let line = "\n- \(violation.message)"
      // Not all were looked for: how many more there are is not known.
      let isCounted = violations.count < JSONSchema.maximumViolations
      let rest = isCounted ? "\n- and \(violations.count - index) more" : "\n- and more"
      let isLast = index == violations.count - 1 && isCounted
      if text.utf8.count + line.utf8.count + (isLast ? 0 : rest.utf8.count) > maxViolationBytes { return text + rest }
      text += line
    }
    return violations.count < JSONSchema.maximumViolations ? text : text + "\n- and more"
  }

  /// Arguments that fit the schema, but not the type that Swift code decodes them into.
  static func undecodableArguments(_ error: any Error) -> String {
    let reason = (error as? DecodingError)?.place ?? "\(error)"
    return "error: invalid_arguments: the tool was not run, because its arguments cannot be used: \(reason). "
      + "Call the tool again with other arguments."
  }

  static func unencodableResult(_ error: any Error) -> String {
    let reason = (error as? EncodingError)?.place ?? "\(error)"
    return "error: tool_failed: the tool was run, but its result cannot be written as JSON: \(reason)"
  }

  static func failed(_ message: String) -> String { "error: tool_failed: \(message)" }

  static func tooManyCalls(limit: Int) -> String {
    "error: too_many_calls: one reply may call tools \(limit) times at most; this call was not run. Make it again later."
  }

  static func repeated(times: Int, limit: Int) -> String {
    "[note: this is the same call with the same result, \(times) times in a row; at \(limit) the run ends. "
      + "Do something else, or answer with what you have.]"
  }
}

extension DecodingError {
  /// What is wrong, and where as a JSON Pointer.
  var place: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      context.codingPath.pointer + context.debugDescription
    @unknown default: "\(self)"
    }
  }
}

extension EncodingError {
  /// What is wrong, and where as a JSON Pointer.
  fileprivate var place: String {
    switch self {
    case .invalidValue(_, let context): context.codingPath.pointer + context.debugDescription
    @unknown default: "\(self)"
    }
  }
}

extension [any CodingKey] {
  /// The path before a message; nothing for the value itself.
  fileprivate var pointer: String {
    isEmpty ? "" : map { "/" + ($0.intValue.map { "\($0)" } ?? $0.stringValue) }.joined() + ": "
  }
}
