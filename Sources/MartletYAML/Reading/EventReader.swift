import CYAML

/// What libyaml's parser reports of a document, one thing at a time.
enum Event {
  case streamStart, streamEnd, documentStart, documentEnd, alias, scalar, sequenceStart, mappingStart, collectionEnd
}

/// libyaml's event parser on one source.
///
/// The parser reads ahead by at most 1,024 characters, so that a caller who stops asking stops the work. The document
/// loader of libyaml is not used: it has no limit of depth, and takes quadratic time on nested flow collections.
struct EventReader: ~Copyable {
  // libyaml keeps a pointer to its parser inside it: it may not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>
  private let source: SourceText
  private var lines: LineCursor
  private var hasEvent = false

  /// Prepares to read a source.
  ///
  /// - Parameter buffer: The bytes of the source, which have to outlive the reader.
  init(of source: SourceText, in buffer: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
    // libyaml aborts on a null pointer, which an empty buffer may have.
    guard let base = buffer.baseAddress else { throw .emptySource }
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw YAMLError(at: .startOfSource, "not enough memory to read the source")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, base + source.start, buffer.count - source.start)
    self.parser = parser
    self.event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    self.source = source
    self.lines = LineCursor(in: source)
  }

  deinit {
    if hasEvent { yaml_event_delete(event) }
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// Returns the next event, of which the properties tell more until the next one is asked for.
  ///
  /// Not to be called again after the end of the stream or an error.
  mutating func next() throws(YAMLError) -> Event {
    if hasEvent { yaml_event_delete(event) }
    hasEvent = false
    guard yaml_parser_parse(parser, event) == 1 else { throw YAMLError(problem(), in: source) }
    hasEvent = true
    return switch event.pointee.type {
    case YAML_SCALAR_EVENT: .scalar
    case YAML_MAPPING_START_EVENT: .mappingStart
    case YAML_SEQUENCE_START_EVENT: .sequenceStart
    case YAML_ALIAS_EVENT: .alias
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: .collectionEnd
    case YAML_DOCUMENT_START_EVENT: .documentStart
    case YAML_DOCUMENT_END_EVENT: .documentEnd
    case YAML_STREAM_START_EVENT: .streamStart
    default: .streamEnd
    }
  }

  /// Where the event begins.
  var start: YAMLMark { YAMLMark(event.pointee.start_mark) }

  /// Where the event ends.
  var end: YAMLMark { YAMLMark(event.pointee.end_mark) }

  /// The anchor of a node.
  var anchor: String? {
    switch event.pointee.type {
    case YAML_SCALAR_EVENT: string(event.pointee.data.scalar.anchor)
    case YAML_MAPPING_START_EVENT: string(event.pointee.data.mapping_start.anchor)
    case YAML_SEQUENCE_START_EVENT: string(event.pointee.data.sequence_start.anchor)
    default: nil
    }
  }

  /// The name of an alias.
  var alias: String { string(event.pointee.data.alias.anchor) ?? "" }

  /// The tag of a collection.
  var collectionTag: String? {
    event.pointee.type == YAML_MAPPING_START_EVENT
      ? string(event.pointee.data.mapping_start.tag) : string(event.pointee.data.sequence_start.tag)
  }

  /// Whether a collection is written in brackets or braces.
  var isFlow: Bool {
    event.pointee.type == YAML_MAPPING_START_EVENT
      ? event.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
      : event.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
  }

  /// The node of a scalar, whose text goes behind that of the others: so many bytes of a longer row of zeros.
  mutating func scalar(text: inout [UInt8], count: inout Int) throws(YAMLError) -> YAMLTree.Node {
    let bytes = UnsafeBufferPointer(
      start: event.pointee.data.scalar.value, count: event.pointee.data.scalar.length)
    let style: YAMLScalar.Style =
      switch event.pointee.data.scalar.style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
    let kind: YAMLTree.Kind
    if let tag = event.pointee.data.scalar.tag {
      kind = try self.kind(of: bytes, style: style, tag: String(cString: tag))
    } else if style == .plain {
      do { kind = try CoreSchema.kind(ofPlain: bytes) } catch { throw YAMLError(error, tag: nil, at: start) }
    } else {
      kind = .string
    }
    var node = YAMLTree.Node(
      start: start, end: end, first: UInt32(truncatingIfNeeded: count),
      count: UInt32(truncatingIfNeeded: bytes.count), kind: kind,
      style: style)
    if event.pointee.data.scalar.anchor == nil, event.pointee.data.scalar.tag == nil {
      // Most texts are plain and stand on one line.
      node.textStart =
        style == .plain && node.start.isInLine(of: node.end)
        ? node.start
        : textStart(of: bytes, style: style, start: node.start, end: node.end) ?? YAMLTree.Node.nowhere
    }
    Self.append(bytes, to: &text, count: &count)
    return node
  }

  /// Writes over zeros, of which it leaves as many behind as a comparison reads beyond the end of a text.
  private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8], count: inout Int) {
    let end = count + bytes.count
    if text.count < end + YAMLTree.padding { text += repeatElement(0, count: text.count + end + YAMLTree.padding) }
    text.withUnsafeMutableBufferPointer { text in
      guard let target = text.baseAddress, let source = bytes.baseAddress else { return }
      (target + count).update(from: source, count: bytes.count)
    }
    count = end
  }

  private func kind(
    of bytes: UnsafeBufferPointer<UInt8>, style: YAMLScalar.Style, tag: String
  ) throws(YAMLError) -> YAMLTree.Kind {
    do throws(CoreSchema.Fault) {
      return try CoreSchema.value(of: String(decoding: bytes, as: UTF8.self), style: style, tag: tag).kind
    } catch {
      throw YAMLError(error, tag: tag, at: start)
    }
  }

  /// Where the text of a scalar begins; a plain one on one line has been seen to.
  private mutating func textStart(
    of bytes: UnsafeBufferPointer<UInt8>, style: YAMLScalar.Style, start: YAMLMark, end: YAMLMark
  ) -> YAMLMark? {
    switch style {
    case .plain, .folded: return nil
    case .literal: return lines.textStart(ofBlock: String(decoding: bytes, as: UTF8.self), header: start, end: end)
    case .singleQuoted, .doubleQuoted:
      guard start.line == end.line else { return nil }
      // Every escape is longer in the source than in the text.
      let length = source.isASCII ? bytes.count : bytes.count { $0 & 0xC0 != 0x80 }
      return end.column - start.column == length + 2 ? YAMLMark(line: start.line, column: start.column + 1) : nil
    }
  }

  private func string(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    characters.map { String(cString: $0) }
  }

  private func problem() -> SyntaxProblem {
    let state = parser.pointee
    if state.error == YAML_MEMORY_ERROR {
      return SyntaxProblem(text: "not enough memory", mark: .startOfSource, context: "", contextMark: .startOfSource)
    }
    return SyntaxProblem(
      text: state.problem.map { String(cString: $0) } ?? "not valid YAML",
      mark: YAMLMark(state.problem_mark),
      context: state.context.map { String(cString: $0) } ?? "",
      contextMark: YAMLMark(state.context_mark))
  }
}

extension YAMLMark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(fromZero: Int(truncatingIfNeeded: mark.line), Int(truncatingIfNeeded: mark.column))
  }
}
