/// Tells thinking, which some servers leave as `<think>…</think>` at the beginning of the text, from the text after it.
///
/// Tags anywhere else are text. What came is kept as it came, for the provider that wants it back.
struct ThinkingTags: Sendable {
  private enum State { case undecided, thinking, between, text }

  /// What is held back because it may be part of a tag, or white space around one.
  private var held = ""
  private var state = State.undecided
  /// The beginning of the text up to what follows the thinking; empty if there are no tags.
  private(set) var raw = ""

  private static let opening = "<think>"
  private static let closing = "</think>"

  /// Whether all that comes is text.
  var isInText: Bool { state == .text }

  /// Whether the tags have begun, and the text has not.
  var isInThinking: Bool { state == .thinking || state == .between }

  /// Whether a whole text has thinking at its beginning, or may have.
  static func mayBegin(_ text: String) -> Bool {
    var tags = ThinkingTags()
    _ = tags.push(text)
    return !tags.isInText || !tags.raw.isEmpty
  }

  /// Takes the next piece and gives what is sure of it.
  mutating func push(_ piece: String) -> (thinking: String, text: String) {
    switch state {
    case .text: ("", piece)
    case .undecided: begin(held + piece)
    case .thinking: think(held + piece)
    case .between: ("", skipSpace(piece[...]))
    }
  }

  /// Gives what was held back when nothing more comes.
  mutating func finish() -> (thinking: String, text: String) {
    defer { held = "" }
    switch state {
    case .undecided: return ("", held)
    case .thinking:
      raw += held
      return (held, "")
    case .between, .text: return ("", "")
    }
  }

  private mutating func begin(_ text: String) -> (thinking: String, text: String) {
    let rest = text.drop { $0.isWhitespace }
    if rest.hasPrefix(Self.opening) {
      state = .thinking
      raw = String(text[..<rest.startIndex]) + Self.opening
      held = ""
      return think(String(rest.dropFirst(Self.opening.count)))
    }
    // White space alone may be endless; a tag does not come after more than a few lines of it.
    if Self.opening.hasPrefix(rest), text.utf8.count <= 256 {
      held = text
      return ("", "")
    }
    state = .text
    held = ""
    return ("", text)
  }

  private mutating func think(_ text: String) -> (thinking: String, text: String) {
    if let range = text.firstRange(of: Self.closing) {
      let thinking = String(text[..<range.lowerBound])
      raw += String(text[..<range.upperBound])
      held = ""
      state = .between
      return (thinking, skipSpace(text[range.upperBound...]))
    }
    // Of a tag that is cut, no more than the tag without its last sign.
    var keep = min(Self.closing.count - 1, text.count)
    while keep > 0, !Self.closing.hasPrefix(text.suffix(keep)) { keep -= 1 }
    let thinking = String(text.dropLast(keep))
    held = String(text.suffix(keep))
    raw += thinking
    return (thinking, "")
  }

  private mutating func skipSpace(_ text: Substring) -> String {
    let rest = text.drop { $0.isWhitespace }
    raw += text[..<rest.startIndex]
    if !rest.isEmpty { state = .text }
    return String(rest)
  }
}
