import MartletJSON

/// Everything that a model is told about the form of its answer, and what people are told when it breaks it.
enum OutputMessages {
  /// The end of the system prompt.
  static func instructions(_ format: OutputFormat) -> String {
    """
    Your final answer must be one JSON value that is valid against the JSON Schema below, and nothing else: no text \
    before or after it, no code fence.

    \(format.schema.document.canonicalString())
    """
  }

  /// What the model is told of an answer that will not do.
  static func correction(_ problem: AnswerReading.Problem, _ format: OutputFormat) -> String {
    switch problem {
    case .unreadable(let reason):
      "error: invalid_output: the answer cannot be used, because \(reason). "
        + "Answer again with \(format.kind) that fits the schema, and nothing else."
    case .invalid(let lines):
      "error: invalid_output: the answer breaks its schema:\(lines)\nAnswer again with the whole corrected JSON value, "
        + "and nothing else."
    }
  }

  /// Why a text is no answer, when there is no JSON in it.
  static func noJSON(_ text: String, _ error: JSONParseError, wanted format: OutputFormat) -> String {
    let first = text.utf8.first { !" \t\r\n".utf8.contains($0) }
    guard let first else { return "it is empty, and \(format.kind) is wanted" }
    // What begins like JSON, or holds the beginning of some, was meant to be it.
    let isMeantAsJSON = text.utf8.contains { "{[".utf8.contains($0) } || first == UInt8(ascii: "\"")
    return isMeantAsJSON ? "it is not valid JSON: \(error)" : "it is text, not JSON, and \(format.kind) is wanted"
  }

  /// The error of a run whose answer will not do.
  static func rejection(_ problem: AnswerReading.Problem, answer: String, corrections: Int) -> AgentError {
    let also =
      switch corrections {
      case 0: ""
      case 1: " after it was asked for again"
      default: " after it was asked for again \(corrections) times"
      }
    var error =
      switch problem {
      case .unreadable(let reason):
        AgentError(code: .rejected, message: "the answer cannot be used\(also): \(reason)")
      case .invalid(let lines):
        AgentError(code: .rejected, message: "the answer breaks its schema\(also):\(lines)")
      }
    error.answer = answer
    return error
  }

  /// A value that satisfies the schema, but not the type that Swift code wants to make of it.
  static func undecodable(_ error: any Error) -> String {
    "\n- it cannot be used: \((error as? DecodingError)?.place ?? "\(error)")"
  }
}

extension OutputFormat {
  /// What an answer has to be, in a few words.
  fileprivate var kind: String {
    switch schema.document["type"]?.stringValue {
    case "object": "one JSON object"
    case "array": "one JSON array"
    default: "one JSON value"
    }
  }
}

extension AnswerReading.Problem {
  /// The problem in one line.
  var summary: String {
    switch self {
    case .unreadable(let reason): reason
    case .invalid(let lines): lines.replacing("\n- ", with: "; ").trimmingPrefix("; ").description
    }
  }
}
