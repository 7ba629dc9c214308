/// Tokens of a JSON Pointer (RFC 6901).
package enum PointerToken {
  /// The token of a key, with `~` and `/` escaped.
  package static func escaping(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    var token = String.UnicodeScalarView()
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": token.append(contentsOf: "~0".unicodeScalars)
      case "/": token.append(contentsOf: "~1".unicodeScalars)
      default: token.append(scalar)
      }
    }
    return String(token)
  }

  /// The keys of a pointer that begins with `/`; nil where a `~` is followed by neither 0 nor 1.
  package static func keys(of pointer: String) -> [String]? {
    var keys: [String] = []
    for token in pointer.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      var key = String.UnicodeScalarView()
      var scalars = token.makeIterator()
      while let scalar = scalars.next() {
        guard scalar == "~" else {
          key.append(scalar)
          continue
        }
        switch scalars.next() {
        case "0": key.append("~")
        case "1": key.append("/")
        default: return nil
        }
      }
      keys.append(String(key))
    }
    return keys
  }
}
