/// What a model is told of a program that ran, or did not.
enum CommandMessages {
  static func refusal(_ refusal: ArgumentRefusal) -> String {
    switch refusal.reason {
    case .optionLike:
      "error: refused_argument: `\(refusal.name)` begins with \"-\" and would be taken for an option; the program was not "
        + "run. Give a value that does not begin with \"-\", such as \"./-name\" for a file."
    case .containsNUL:
      "error: refused_argument: `\(refusal.name)` contains a NUL character; the program was not run."
    }
  }

  /// The result of a call: its output as it is, or an error that says what happened.
  static func output(of result: ProcessResult) -> ToolOutput {
    let output = PluginText(result.output)
    switch result.ending {
    case .exited(status: 0):
      return ToolOutput(output.annotated)
    case .exited(let status):
      return failure("failed: exit status \(status)", result, output)
    case .signaled(let signal):
      return failure(
        "failed: killed by \(SignalNames.name(of: signal))\(SignalNames.explanation(of: signal))", result, output)
    case .timedOut(let limit):
      return failure("timed out after \(limit.inWords) and was stopped", result, output)
    case .outputLimit(let stream, let bytes):
      let name = stream == .standardOutput ? "standard output" : "standard error"
      return failure("was stopped: it wrote more than \(bytes) bytes to \(name)", result, output)
    case .notStarted(let failure):
      return .error("error: tool_failed: the program could not be started: \(failure)")
    case .statusUnknown:
      return failure("ended, but its exit status was taken by other code of this process", result, output)
    case .canceled:
      return .error("error: tool_failed: the call was canceled")
    }
  }

  private static func failure(_ what: String, _ result: ProcessResult, _ output: PluginText) -> ToolOutput {
    var message = "error: tool_failed: the program \(what)."
    let errors = PluginText(lossy: result.errorTail)
    if !errors.text.trimmed.isEmpty { message += "\nStandard error (its end):\n\(errors.annotated.trimmedEnd)" }
    if !output.text.trimmed.isEmpty { message += "\nStandard output:\n\(output.annotated.trimmedEnd)" }
    return .error(message)
  }
}

/// What a program wrote, made valid text, and what had to be changed for that.
struct PluginText {
  private(set) var text: String
  private var replaced = 0
  private var omitted = 0

  init(_ output: CapturedOutput) {
    let (head, replacedInHead) = Self.repaired(output.head, isCutAtEnd: output.omittedBytes > 0)
    let (tail, replacedInTail) = Self.repaired(output.tail, isCutAtStart: output.omittedBytes > 0)
    omitted = output.omittedBytes
    replaced = replacedInHead + replacedInTail
    text = omitted > 0 ? head + "\n[… \(omitted) bytes are missing here …]\n" + tail : head + tail
    // A character may lie across the two halves of an output that is whole.
    if omitted == 0 { (text, replaced) = Self.repaired(output.head + output.tail) }
  }

  init(lossy bytes: [UInt8]) {
    (text, replaced) = Self.repaired(bytes, isCutAtStart: true)
  }

  /// The text, with a note when it is not what the program wrote.
  var annotated: String {
    replaced == 0
      ? text
      : text
        + "\n[note: \(replaced) \(replaced == 1 ? "byte" : "bytes") of the output were NUL or not UTF-8 and are shown as \u{FFFD}]"
  }

  /// The bytes as text; NUL and what is not UTF-8 become U+FFFD and are counted in bytes.
  ///
  /// A character that was cut in two at an end is left out without being counted.
  private static func repaired(
    _ bytes: some Collection<UInt8>, isCutAtStart: Bool = false, isCutAtEnd: Bool = false
  ) -> (String, Int) {
    var whole = Array(bytes)
    if isCutAtStart { whole.removeFirst(whole.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count) }
    if isCutAtEnd { whole.removeLast(whole.cutCharacterLength) }
    if String(validating: whole, as: UTF8.self) != nil, !whole.contains(0) {
      return (String(decoding: whole, as: UTF8.self), 0)
    }
    var text = String.UnicodeScalarView()
    var replaced = 0
    var decoder = UTF8()
    var iterator = whole.makeIterator()
    var consumed = 0
    loop: while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\0"):
        text.append("\u{FFFD}")
        replaced += 1
        consumed += 1
      case .scalarValue(let scalar):
        text.append(scalar)
        consumed += UTF8.width(scalar)
      case .error:
        text.append("\u{FFFD}")
      case .emptyInput:
        break loop
      }
    }
    return (String(text), replaced + whole.count - consumed)
  }
}

extension [UInt8] {
  /// How many bytes at the end begin a character that is not complete.
  fileprivate var cutCharacterLength: Int {
    for (back, byte) in reversed().prefix(4).enumerated() where byte & 0xC0 != 0x80 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var copy = self[...]
    while let last = copy.unicodeScalars.last, last == "\n" || last == "\r" || last == " " {
      copy.unicodeScalars.removeLast()
    }
    return String(copy)
  }
}
