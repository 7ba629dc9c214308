/// Names of hosts: RFC 1123 with A-labels that stand for something, and international ones (RFC 5890 to 5893).
enum HostName {
  /// The octets of a name, without the dot of the root.
  private static let maximumLength = 253

  static func isValid(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, international: Bool, inEmail: Bool = false
  ) -> Bool {
    // Four bytes are the most that a character takes of which a name can have so many.
    guard !bytes.isEmpty, bytes.count <= (international ? 4 : 1) * maximumLength else { return false }
    guard international || bytes.allSatisfy({ $0 < 0x80 }) else { return false }
    let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    let labels = scalars.split(omittingEmptySubsequences: false) { isDot($0, international: international) }
    var length = labels.count - 1
    var decoded: [[Unicode.Scalar]] = []
    for label in labels {
      // The domain of an address is not asked to be one of IDNA.
      if inEmail, label.contains(where: { !$0.isASCII }) {
        guard label.count <= 63 else { return false }
        length += label.count
        continue
      }
      guard let (scalars, octets) = decode(label) else { return false }
      decoded.append(scalars)
      length += octets
    }
    guard length <= maximumLength else { return false }
    return inEmail || HostLabel.followBidiRule(decoded)
  }

  private static func isDot(_ scalar: Unicode.Scalar, international: Bool) -> Bool {
    switch scalar {
    case ".": true
    case "\u{3002}", "\u{FF0E}", "\u{FF61}": international
    default: false
    }
  }

  /// The characters that a label stands for and the octets of its form in ASCII; nil if it is not valid.
  private static func decode(_ label: ArraySlice<Unicode.Scalar>) -> ([Unicode.Scalar], Int)? {
    guard let first = label.first, let last = label.last, first != "-", last != "-", label.count <= 63 else {
      return nil
    }
    guard label.allSatisfy(\.isASCII) else {
      let scalars = Array(label)
      guard HostLabel.isValid(scalars), let encoded = Punycode.encode(scalars), encoded.count <= 59 else { return nil }
      return (scalars, encoded.count + 4)
    }
    guard label.allSatisfy({ UInt8(ascii: $0).isLetter || UInt8(ascii: $0).isDigit || $0 == "-" }) else { return nil }
    guard label.dropFirst(2).starts(with: "--".unicodeScalars) else { return (Array(label), label.count) }
    let prefix = String(String.UnicodeScalarView(label.prefix(2)))
    guard prefix == "xn" || prefix == "XN" || prefix == "Xn" || prefix == "xN" else {
      // Only A-labels may have hyphens in the third and fourth position where names are international; `a--b` has not.
      return nil
    }
    let text = label.dropFirst(4).map { UInt8(ascii: $0) }
    guard let scalars = Punycode.decode(text), scalars.contains(where: { !$0.isASCII }), HostLabel.isValid(scalars)
    else { return nil }
    // What is written in upper case is the same name.
    let lowercase = text.map { $0.isLetter ? $0 | 0x20 : $0 }
    guard let encoded = Punycode.encode(scalars), encoded.map({ $0.isLetter ? $0 | 0x20 : $0 }) == lowercase else {
      return nil
    }
    return (scalars, label.count)
  }
}
