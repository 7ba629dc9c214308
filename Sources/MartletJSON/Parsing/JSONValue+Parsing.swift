/// What to do with an object that names a member twice, which RFC 8259, section 4, leaves open.
public enum DuplicateMembers: Sendable {
  /// Refuse the text.
  case reject
  /// Keep the last value, in the place of the first.
  case lastWins
}

extension JSONValue {
  /// The depth to which a value is parsed unless the caller says otherwise.
  public static let defaultMaximumDepth = 128

  /// The depth to which a value is parsed at most, whatever the caller says.
  ///
  /// Swift releases nested arrays recursively. At this depth that fits into the 512 KB stack of a thread.
  public static let maximumDepth = 1_000

  /// Parses a JSON text (RFC 8259, strictly: one value, no comments, no byte order mark, no trailing bytes).
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - duplicates: What to do with an object that names a member twice.
  ///   - maxDepth: How many arrays and objects may lie in one another, at most ``maximumDepth``.
  /// - Throws: ``JSONParseError`` with the offset in the text's UTF-8.
  public init(
    parsing text: String, duplicates: DuplicateMembers = .lastWins, maxDepth: Int = defaultMaximumDepth
  ) throws(JSONParseError) {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(JSONParseError) in
        try JSONValue(parsing: UnsafeRawBufferPointer(bytes), duplicates: duplicates, maxDepth: maxDepth)
      }
    }
    self = try result.get()
  }

  /// Parses a JSON text given as bytes of UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - duplicates: What to do with an object that names a member twice.
  ///   - maxDepth: How many arrays and objects may lie in one another, at most ``maximumDepth``.
  /// - Throws: ``JSONParseError``, also for bytes that are not UTF-8.
  public init(
    parsing bytes: [UInt8], duplicates: DuplicateMembers = .lastWins, maxDepth: Int = defaultMaximumDepth
  ) throws(JSONParseError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONParseError) in
      try JSONValue(parsing: UnsafeRawBufferPointer(buffer), duplicates: duplicates, maxDepth: maxDepth)
    }
  }

  /// Parses a JSON text in memory that the caller keeps alive during the call.
  package init(
    parsing buffer: UnsafeRawBufferPointer, duplicates: DuplicateMembers = .lastWins,
    maxDepth: Int = defaultMaximumDepth
  ) throws(JSONParseError) {
    let bytes = buffer.assumingMemoryBound(to: UInt8.self)
    var parser = JSONParser(bytes, duplicates: duplicates, maxDepth: min(max(maxDepth, 0), Self.maximumDepth))
    self = try parser.parseText()
  }
}
