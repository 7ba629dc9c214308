extension JSONValue {
  /// Writes the value without white space: members in their order, numbers as spelled, the shortest escapes.
  ///
  /// Only the quotation mark, the backslash and the control characters below U+0020 are escaped. The same value always
  /// gives the same text.
  public func canonicalString() -> String {
    if case .number(let number) = self { return number.spelling }
    var writer = JSONWriter()
    writer.write(self)
    return writer.sink.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes the value like ``canonicalString()``, as bytes of UTF-8.
  public func canonicalBytes() -> [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.sink.withBytes { Array($0) }
  }

  /// Appends the canonical bytes to those there are.
  package func write(to sink: inout ByteSink) {
    var writer = JSONWriter()
    writer.write(self)
    writer.sink.withBytes { sink.append($0) }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as canonical JSON.
  public var description: String { canonicalString() }
}
