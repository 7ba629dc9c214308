extension JSONValue {
  /// Writes the value without white space: members in their order, numbers as spelled, the shortest escapes.
  ///
  /// Only the quotation mark, the backslash and the control characters below U+0020 are escaped. The same value always
  /// gives the same text.
  public func canonicalString() -> String {
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
  package func write(to bytes: inout [UInt8]) {
    var writer = JSONWriter()
    writer.write(self)
    writer.sink.withBytes { bytes.append(contentsOf: $0) }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as canonical JSON.
  public var description: String { canonicalString() }
}

/// Appends a string in quotation marks, escaped as ``JSONValue/canonicalString()`` does.
package func writeJSONString(_ string: String, to bytes: inout [UInt8]) {
  var string = string
  let isPlain = string.withUTF8 { content in
    guard PlainRun(in: content, from: 0).end == content.count else { return false }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: content)
    bytes.append(UInt8(ascii: "\""))
    return true
  }
  if isPlain { return }
  var sink = ByteSink()
  sink.appendJSONString(string)
  sink.withBytes { bytes.append(contentsOf: $0) }
}
