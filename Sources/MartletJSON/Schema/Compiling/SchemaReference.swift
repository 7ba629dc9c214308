/// A URI reference (RFC 3986), as `$id` and `$ref` hold it.
struct SchemaReference {
  var scheme: Substring?
  var authority: Substring?
  var path: String
  var query: Substring?
  var fragment: Substring?

  /// Takes a reference apart by the expression of RFC 3986, appendix B, which fits every text.
  init(_ text: String) {
    // By bytes, for a mark is one whatever stands behind it; to Swift a character goes on with what combines with it.
    var rest = text[...]
    if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
      fragment = rest[rest.utf8.index(after: hash)...]
      rest = rest[..<hash]
    }
    if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
      query = rest[rest.utf8.index(after: mark)...]
      rest = rest[..<mark]
    }
    if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), colon != rest.startIndex,
      !rest[..<colon].utf8.contains(UInt8(ascii: "/"))
    {
      scheme = rest[..<colon]
      rest = rest[rest.utf8.index(after: colon)...]
    }
    if rest.utf8.starts(with: "//".utf8) {
      rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 2)...]
      let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      authority = rest[..<end]
      rest = rest[end...]
    }
    path = String(rest)
  }

  /// The reference seen from a base, by RFC 3986, section 5.2.2.
  func resolved(against base: SchemaReference) -> SchemaReference {
    var result = self
    if scheme != nil {
      result.path = Self.withoutDots(path)
      return result
    }
    result.scheme = base.scheme
    if authority != nil {
      result.path = Self.withoutDots(path)
      return result
    }
    result.authority = base.authority
    if path.isEmpty {
      result.path = base.path
      result.query = query ?? base.query
    } else if path.utf8.first == UInt8(ascii: "/") {
      result.path = Self.withoutDots(path)
    } else {
      let slash = base.path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let folder = slash.map { base.path[...$0] } ?? (base.authority == nil ? "" : "/")
      result.path = Self.withoutDots(folder + path)
    }
    return result
  }

  /// Whether it leads to a place in the document that it stands in.
  var isFragment: Bool { scheme == nil && authority == nil && path.isEmpty && query == nil }

  /// Everything but the fragment.
  var resource: String {
    var text = ""
    if let scheme { text += scheme + ":" }
    if let authority { text += "//" + authority }
    text += path
    if let query { text += "?" + query }
    return text
  }

  /// RFC 3986, section 5.2.4.
  private static func withoutDots(_ path: String) -> String {
    let slash = UInt8(ascii: "/")
    var rest = Array(path.utf8)[...]
    guard rest.contains(slash) else { return path }
    var kept: [UInt8] = []
    /// Where the segments that are kept begin.
    var starts: [Int] = []
    func keep(_ segment: ArraySlice<UInt8>) {
      if !starts.isEmpty { kept.append(slash) }
      starts.append(kept.count)
      kept += segment
    }
    var isLast = false
    while !isLast {
      let segment = rest.prefix { $0 != slash }
      rest = rest[segment.endIndex...]
      isLast = rest.popFirst() == nil
      if segment.elementsEqual("..".utf8), starts.count > 1 { kept.removeSubrange((starts.removeLast() - 1)...) }
      if !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) {
        keep(segment)
      } else if isLast {
        keep([])
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// The fragment without percent-encoding; nil if that is not UTF-8.
  var decodedFragment: String? {
    guard let fragment else { return "" }
    guard fragment.utf8.contains(UInt8(ascii: "%")) else { return String(fragment) }
    var bytes: [UInt8] = []
    var rest = Array(fragment.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(Self.digit),
        let low = rest.dropFirst().first.flatMap(Self.digit)
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
