import MartletChat
package import MartletJSON

/// Decides on a reply that calls nothing: it is the answer, or it is asked for again, or the run ends without one.
///
/// Without a format every text is an answer.
package struct AnswerPolicy: Sendable {
  package enum Decision: Sendable {
    /// The answer, as a value if it has to be one.
    case accept(JSONValue?)
    /// What the model is told of its answer.
    case askAgain(correction: String)
    case reject(AgentError)
  }

  private let format: OutputFormat?
  /// Whether text may be shown before it is known whether it is the answer.
  let allowsStreaming: Bool
  private var corrections = 0
  private var notices: [AgentEvent] = []

  package init(_ format: OutputFormat? = nil) {
    self.format = format
    allowsStreaming = format == nil
  }

  /// Decides on the text of a reply.
  package mutating func decide(on text: String) -> Decision {
    guard let format else { return .accept(nil) }
    let reading = AnswerReading(text, format)
    switch reading.result {
    case .success(let value):
      if let tolerance = reading.tolerance { notices.append(.notice(code: "tolerance", message: tolerance)) }
      return .accept(value)
    case .failure(let problem) where corrections < format.retries:
      corrections += 1
      notices.append(
        .notice(
          code: "invalid_output",
          message: "the answer is asked for again (\(corrections) of \(format.retries)): \(problem.summary)"))
      return .askAgain(correction: OutputMessages.correction(problem, format))
    case .failure(let problem):
      return .reject(OutputMessages.rejection(problem, answer: text, corrections: corrections))
    }
  }

  /// What is worth saying about the decisions since the last time.
  mutating func takeNotices() -> [AgentEvent] {
    defer { notices = [] }
    return notices
  }
}

/// The value that an answer means, or why it means none.
struct AnswerReading {
  enum Problem: Error, Equatable {
    /// The text is no JSON, or holds several values of which each could be meant.
    case unreadable(String)
    /// The value breaks the schema; the lines say where and how.
    case invalid(String)
  }

  let result: Result<JSONValue, Problem>
  /// What had to be overlooked to read the value.
  private(set) var tolerance: String?

  init(_ text: String, _ format: OutputFormat) {
    do throws(JSONParseError) {
      result = Self.checked(try JSONValue(parsing: text, duplicates: .reject), format)
    } catch {
      let candidates = EmbeddedJSON.values(in: text)
      let valid = candidates.filter { format.problem(with: $0) == nil }
      if valid.count == 1, let value = valid.first {
        result = .success(value)
        tolerance = "the answer had text around its JSON, which was left out"
      } else if valid.isEmpty, candidates.count == 1, let value = candidates.first {
        result = Self.checked(value, format)
      } else if valid.count > 1 {
        result = .failure(.unreadable("it holds \(valid.count) JSON values, and each of them could be meant"))
      } else {
        result = .failure(.unreadable(OutputMessages.noJSON(text, error, wanted: format)))
      }
    }
  }

  private static func checked(_ value: JSONValue, _ format: OutputFormat) -> Result<JSONValue, Problem> {
    format.problem(with: value).map { .failure(.invalid($0)) } ?? .success(value)
  }
}
