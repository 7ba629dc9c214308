/// JSON Pointers (RFC 6901), relative ones, and UUIDs (RFC 4122).
extension FormatScanner {
  mutating func takeJSONPointer() -> Bool {
    while take("/") {
      while let byte = next, byte != UInt8(ascii: "/") {
        _ = takeAny()
        if byte == UInt8(ascii: "~"), !take("0"), !take("1") { return false }
      }
    }
    return true
  }

  mutating func takeRelativeJSONPointer() -> Bool {
    guard next?.isDigit == true else { return false }
    if !take("0") { take(while: \.isDigit) }
    return take("#") || takeJSONPointer()
  }

  mutating func takeUUID() -> Bool {
    for (part, count) in [8, 4, 4, 4, 12].enumerated() {
      if part > 0, !take("-") { return false }
      guard take(while: \.isHexDigit) == count else { return false }
    }
    return true
  }
}
