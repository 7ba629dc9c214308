import CYAML

/// What libyaml's parser reports of a document, one thing at a time.
struct Event {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias(name: String)
    case scalar(YAMLScalar)
    case sequenceStart(isFlow: Bool)
    case mappingStart(isFlow: Bool)
    case collectionEnd
  }

  let kind: Kind
  let start: YAMLMark
  let end: YAMLMark
  var anchor: String?
  var tag: String?
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
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// Returns the next event; not to be called again after the end of the stream or an error.
  mutating func next() throws(YAMLError) -> Event {
    guard yaml_parser_parse(parser, event) == 1 else { throw YAMLError(problem(), in: source) }
    defer { yaml_event_delete(event) }
    let start = YAMLMark(event.pointee.start_mark)
    let end = YAMLMark(event.pointee.end_mark)
    switch event.pointee.type {
    case YAML_SCALAR_EVENT:
      return try scalar(start: start, end: end)
    case YAML_MAPPING_START_EVENT:
      let data = event.pointee.data.mapping_start
      let kind = Event.Kind.mappingStart(isFlow: data.style == YAML_FLOW_MAPPING_STYLE)
      return Event(kind: kind, start: start, end: end, anchor: string(data.anchor), tag: string(data.tag))
    case YAML_SEQUENCE_START_EVENT:
      let data = event.pointee.data.sequence_start
      let kind = Event.Kind.sequenceStart(isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE)
      return Event(kind: kind, start: start, end: end, anchor: string(data.anchor), tag: string(data.tag))
    case YAML_ALIAS_EVENT:
      let name = string(event.pointee.data.alias.anchor) ?? ""
      return Event(kind: .alias(name: name), start: start, end: end)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      return Event(kind: .collectionEnd, start: start, end: end)
    case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, start: start, end: end)
    case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, start: start, end: end)
    case YAML_STREAM_START_EVENT: return Event(kind: .streamStart, start: start, end: end)
    default: return Event(kind: .streamEnd, start: start, end: end)
    }
  }

  private mutating func scalar(start: YAMLMark, end: YAMLMark) throws(YAMLError) -> Event {
    let data = event.pointee.data.scalar
    let text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    let style: YAMLScalar.Style =
      switch data.style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
    let tag = string(data.tag)
    let value: YAMLScalar.Value
    do { value = try CoreSchema.value(of: text, style: style, tag: tag) } catch {
      throw YAMLError(error, tag: tag, at: start)
    }
    let hasProperties = data.anchor != nil || data.tag != nil
    let textStart = hasProperties ? nil : textStart(of: text, style: style, start: start, end: end)
    let scalar = YAMLScalar(text: text, style: style, value: value, textStart: textStart)
    return Event(kind: .scalar(scalar), start: start, end: end, anchor: string(data.anchor))
  }

  private mutating func textStart(
    of text: String, style: YAMLScalar.Style, start: YAMLMark, end: YAMLMark
  ) -> YAMLMark? {
    switch style {
    case .plain: return start.line == end.line ? start : nil
    case .literal: return lines.textStart(ofBlock: text, header: start, end: end)
    case .folded: return nil
    case .singleQuoted, .doubleQuoted:
      // Every escape is longer in the source than in the text.
      let length = source.isASCII ? text.utf8.count : text.unicodeScalars.count
      guard start.line == end.line, end.column - start.column == length + 2 else { return nil }
      return YAMLMark(line: start.line, column: start.column + 1)
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
    self.init(line: Int(clamping: mark.line) &+ 1, column: Int(clamping: mark.column) &+ 1)
  }
}
