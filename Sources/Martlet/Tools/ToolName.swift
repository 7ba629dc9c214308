/// The rule for the names of agents and tools: `[A-Za-z0-9_-]{1,64}`, as function calling has it.
package enum ToolName {
  package static func isValid(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count) else { return false }
    return name.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isAllowed) } ?? name.utf8.allSatisfy(isAllowed)
  }

  /// The name with every other character made a `_`, for a hint.
  package static func nearestValid(to name: String) -> String {
    let scalars = name.unicodeScalars.prefix(64).map { scalar -> Character in
      UInt8(exactly: scalar.value).map(isAllowed) == true ? Character(scalar) : "_"
    }
    return scalars.isEmpty ? "my_name" : String(scalars)
  }

  /// Letters, digits, `_` and `-`.
  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
