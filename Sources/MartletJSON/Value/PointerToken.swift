/// Tokens of a JSON Pointer (RFC 6901).
package enum PointerToken {
  private static let tilde = UInt8(ascii: "~")
  private static let slash = UInt8(ascii: "/")

  /// The token of a key, with `~` and `/` escaped.
  package static func escaping(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == tilde || $0 == slash }) else { return key }
    var token: [UInt8] = []
    token.reserveCapacity(key.utf8.count + 8)
    for byte in key.utf8 {
      switch byte {
      case tilde: token += [tilde, UInt8(ascii: "0")]
      case slash: token += [tilde, UInt8(ascii: "1")]
      default: token.append(byte)
      }
    }
    return String(decoding: token, as: UTF8.self)
  }

  /// The keys of a pointer that begins with `/`; nil where a `~` is followed by neither 0 nor 1.
  package static func keys(of pointer: String) -> [String]? {
    var keys: [String] = []
    var key: [UInt8] = []
    var bytes = pointer.utf8.dropFirst().makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case slash:
        keys.append(String(decoding: key, as: UTF8.self))
        key.removeAll(keepingCapacity: true)
      case tilde:
        switch bytes.next() {
        case UInt8(ascii: "0"): key.append(tilde)
        case UInt8(ascii: "1"): key.append(slash)
        default: return nil
        }
      default: key.append(byte)
      }
    }
    keys.append(String(decoding: key, as: UTF8.self))
    return keys
  }
}
