extension HTTPRequest {
  /// Refuses a method or a header that would change the framing of the request on the wire.
  ///
  /// - Parameter known: Headers that were found good before, which are passed over where they stand in the same places.
  /// - Throws: ``HTTPError/Kind/other`` naming the header, never its value.
  func checkHeaders(knowing known: [HTTPHeader] = []) throws(HTTPError) {
    guard method.isToken else { throw HTTPError(.other, "the request's method is not a token") }
    for (index, header) in headers.enumerated() {
      let hasKnownName = index < known.count && known[index].name.hasSameBytes(as: header.name)
      if !hasKnownName { try checkName(of: header) }
      if hasKnownName, known[index].value.hasSameBytes(as: header.value) { continue }
      guard header.value.allBytes({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw HTTPError(.other, "the value of the header \(header.name) holds a control character")
      }
    }
  }

  private func checkName(of header: HTTPHeader) throws(HTTPError) {
    guard header.name.isToken else {
      throw HTTPError(.other, "the header name \(header.name.printable()) holds a character that no name may hold")
    }
    if HTTPRequest.framing.contains(where: { header.isNamed($0) }) {
      throw HTTPError(.other, "the header \(header.name) follows from the body and cannot be set")
    }
  }

  private static let framing = ["Content-Length", "Transfer-Encoding", "Expect"]
}

extension String {
  /// RFC 9110, section 5.6.2.
  fileprivate var isToken: Bool {
    !isEmpty
      && allBytes { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// Whether every byte of its UTF-8 meets a condition.
  @inline(__always)
  fileprivate func allBytes(_ condition: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.allSatisfy(condition) } ?? utf8.allSatisfy(condition)
  }

  /// At most 200 characters of the text, control characters replaced: fit for a message on one line.
  func printable() -> String {
    String(
      prefix(200).map { character in
        character.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.properties.isBidiControl }
          ? "\u{FFFD}" : character
      })
  }
}
