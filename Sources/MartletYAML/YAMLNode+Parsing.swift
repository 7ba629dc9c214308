extension YAMLNode {
  /// Reads the one document of a YAML 1.2 source in UTF-8.
  ///
  /// Plain scalars follow the core schema; tags other than those of the core schema are refused, as are merge keys, a
  /// second document, and an empty source. Aliases are replaced by what they stand for.
  ///
  /// - Parameters:
  ///   - bytes: The source. A UTF-8 byte order mark at its start is skipped.
  ///   - limits: What the source may cost. A source beyond them is refused as soon as that is known.
  /// - Throws: ``YAMLError`` with the place of the first fault.
  public init(parsing bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
    let source = try SourceText(checking: bytes, limits: limits)
    self = try source.bytes.withUnsafeBufferPointer { (buffer) throws(YAMLError) -> YAMLNode in
      var builder = TreeBuilder(
        events: try EventReader(of: source, in: buffer), limits: limits, sourceSize: buffer.count)
      return try builder.document()
    }
  }

  /// Reads the one document of a YAML 1.2 source.
  ///
  /// - Parameters:
  ///   - text: The source.
  ///   - limits: What the source may cost.
  /// - Throws: ``YAMLError`` with the place of the first fault.
  public init(parsing text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}
