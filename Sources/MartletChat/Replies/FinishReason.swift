/// Why a reply ended, by the model's word.
public struct FinishReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The word on the wire.
  public let rawValue: String

  /// Makes a reason of its word.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The model was done.
  public static let stop = FinishReason(rawValue: "stop")
  /// The model wants results of its calls.
  public static let toolCalls = FinishReason(rawValue: "tool_calls")
  /// The reply was cut at a bound of its length.
  public static let length = FinishReason(rawValue: "length")
  /// The reply was withheld by a filter.
  public static let contentFilter = FinishReason(rawValue: "content_filter")
  /// The model refused to answer.
  public static let refusal = FinishReason(rawValue: "refusal")

  /// The word on the wire.
  public var description: String { rawValue }

  /// Whether a reply that ended so is only part of an answer.
  package var isIncomplete: Bool {
    [.length, .contentFilter, .refusal].contains(self)
  }
}

extension FinishReason {
  /// What a server's word means.
  enum Meaning: Equatable {
    case known(FinishReason)
    /// The server broke off.
    case failure
    /// A word without a meaning: what is in the reply decides.
    case unknown
  }

  /// Reads a server's word, whatever its case.
  static func meaning(of word: String) -> Meaning {
    // The two that nearly all replies end with.
    if word == "stop" { return .known(.stop) }
    if word == "tool_calls" { return .known(.toolCalls) }
    return switch word.lowercased() {
    case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "end", "complete", "completed": .known(.stop)
    case "tool_calls", "tool_call", "tool_use", "function_call": .known(.toolCalls)
    case "length", "max_tokens", "model_length", "max_output_tokens": .known(.length)
    case "content_filter", "content_filtered", "safety", "recitation", "sensitive", "prohibited_content":
      .known(.contentFilter)
    case "refusal": .known(.refusal)
    case "error", "network_error", "insufficient_system_resource": .failure
    default: .unknown
    }
  }
}
