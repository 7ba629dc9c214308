/// A server's refusal of a request, read for what exactly it refuses.
///
/// A parameter counts as refused where the sentence says so of it, not where it is merely mentioned:
/// "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." refuses the first only.
struct Refusal {
  /// The words of the message in lower case, without quotes, brackets and punctuation.
  private let words: [Substring]
  private let text: String
  /// The parameter that the error names apart from its message, if it says that it is unknown or unsupported.
  private let parameter: String?
  /// Whether the status says that the request was wrong, and not the server.
  private let isOfTheRequest: Bool

  /// Reads an error; nil if it is no refusal of the request as it is.
  init?(_ error: APIError) {
    switch error.statusCode {
    case 400, 422: isOfTheRequest = true
    // Servers on templates of their own fail where a conversation is not as the template wants it.
    case 500: isOfTheRequest = false
    default: return nil
    }
    text = error.message.lowercased()
    words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    let codes = [error.serverCode, error.type].compactMap { $0?.lowercased() }
    parameter = codes.contains { Self.codes.contains($0) } ? error.param?.lowercased() : nil
  }

  private static let codes: Set<String> = ["unsupported_parameter", "unknown_parameter", "extra_forbidden"]

  /// Whether the server refuses a parameter of this name.
  func refuses(_ name: String) -> Bool {
    guard isOfTheRequest else { return false }
    if let parameter, parameter == name || parameter.hasSuffix("." + name) { return true }
    return words.indices.contains { position in
      words[position] == name && (isRefused(before: position) || isRefused(after: position))
    }
  }

  /// Whether the message has these words one after the other.
  func says(_ phrase: String) -> Bool {
    let wanted = phrase.split(separator: " ")
    return words.count >= wanted.count
      && (0...words.count - wanted.count).contains { words[$0...].starts(with: wanted) }
  }

  /// Whether the message has all of these words, wherever they stand.
  func mentions(_ wanted: String...) -> Bool { wanted.allSatisfy { words.contains(Substring($0)) } }

  /// Whether the text has these characters, signs included.
  func has(_ characters: String) -> Bool { text.firstRange(of: characters) != nil }
}

extension Refusal {
  /// "unsupported parameter: X", "unrecognized request argument supplied: X", "does not support this X".
  private func isRefused(before position: Int) -> Bool {
    var rest = words[..<position]
    while let last = rest.last, Self.fillersBefore.contains(last) || last.contains("_") { rest.removeLast() }
    guard let last = rest.last else { return false }
    if Self.adjectives.contains(last) { return true }
    return Self.endings.contains { rest.count >= $0.count && rest.suffix($0.count).elementsEqual($0) }
  }

  /// "X is not supported", "X: extra inputs are not permitted", "property X is unsupported".
  private func isRefused(after position: Int) -> Bool {
    var rest = words[(position + 1)...]
    while let first = rest.first, Self.fillersAfter.contains(first) || first.contains("_") { rest.removeFirst() }
    guard let first = rest.first else { return false }
    if Self.adjectives.contains(first) { return true }
    return Self.beginnings.contains { rest.starts(with: $0) }
  }

  private static let adjectives: Set<Substring> = [
    "unsupported", "unknown", "unrecognized", "unrecognised", "unexpected", "disallowed", "forbidden", "unpermitted",
  ]

  /// Words that stand between such an adjective and the parameter's name.
  private static let fillersBefore: Set<Substring> = [
    "parameter", "parameters", "param", "params", "argument", "arguments", "keyword", "field", "fields", "property",
    "properties", "key", "keys", "option", "options", "request", "body", "input", "inputs", "supplied", "provided",
    "name", "s", "the", "this", "a", "an", "value", "extra",
  ]

  private static let fillersAfter: Set<Substring> = [
    "is", "are", "was", "were", "parameter", "field", "argument", "option", "property", "currently", "msg", "type",
  ]

  private static let endings: [[Substring]] = phrases([
    "not support", "not supported", "not allowed", "not permitted", "not recognized", "not accept",
  ])

  private static let beginnings: [[Substring]] = phrases([
    "not supported", "not allowed", "not permitted", "not recognized", "not available", "not implemented",
    "not accepted", "not enabled", "not a valid parameter", "not a supported", "extra inputs", "extra fields",
    "extra input", "does not exist", "cannot find field",
  ])

  private static func phrases(_ texts: [String]) -> [[Substring]] { texts.map { $0.split(separator: " ") } }
}
