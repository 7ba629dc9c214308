extension String {
  /// The text with everything that could move a terminal's cursor, hide or reorder text written as an escape.
  ///
  /// Control characters (C0, DEL, C1), line and paragraph separators and the bidirectional controls of
  /// Unicode Standard Annex 9 become `\n`, `\t`, `\u{1b}` and so on.
  package var escapedForTerminal: String {
    guard unicodeScalars.contains(where: \.isTerminalControl) else { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      case _ where scalar.isTerminalControl: escaped += "\\u{\(String(scalar.value, radix: 16))}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The text with terminal controls escaped as in ``escapedForTerminal``, but with its line ends and tabs kept.
  ///
  /// A carriage return before a line feed is part of the line end and left out.
  package var escapedForTerminalKeepingLines: String {
    guard unicodeScalars.contains(where: { $0.isTerminalControl && $0 != "\n" && $0 != "\t" }) else { return self }
    var escaped = ""
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case "\r" where rest.first == "\n": break
      default: escaped += String(scalar).escapedForTerminal
      }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  fileprivate var isTerminalControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
