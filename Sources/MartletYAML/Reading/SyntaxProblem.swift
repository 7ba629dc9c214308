/// A syntax error in libyaml's words, with the two places that it names.
struct SyntaxProblem {
  let text: String
  let mark: YAMLMark
  /// What was being read, for example "while scanning a quoted scalar"; empty if unknown.
  let context: String
  /// Where that began.
  let contextMark: YAMLMark
}

extension YAMLError {
  /// Says in plain words what libyaml found, at the place where a person will mend it.
  init(_ problem: SyntaxProblem, in source: SourceText) {
    let end = source.mark(atByte: source.bytes.count)
    let view = ProblemView(problem, source: source, end: end)
    let error = view.quotationError ?? view.flowError ?? view.structureError ?? view.tokenError
    // At the end of a source without a final line break libyaml reports a line that does not exist.
    self.init(at: min(error.mark, end), error.reason, hint: view.templateHint ?? error.hint)
  }

  /// Says what is wrong with a tag, or with a value under its tag.
  init(_ fault: CoreSchema.Fault, tag: String?, at mark: YAMLMark) {
    let name = CoreSchema.shorthand(of: tag ?? "")
    switch fault {
    case .unknownTag:
      let hint = "remove it; a value that begins with \"!\" needs quotes"
      self.init(at: mark, "the tag \(name) is not supported", hint: hint)
    case .mismatch(let expected):
      self.init(at: mark, "the tag \(name) requires \(expected)", hint: "remove the tag or change the value")
    case .longNumber:
      let hint = "quote it, or write it in decimal"
      self.init(at: mark, "a number of more than 64 hexadecimal or octal digits", hint: hint)
    }
  }
}

/// A problem beside the line it occurred in.
private struct ProblemView {
  private let problem: SyntaxProblem
  private let isAtEnd: Bool
  private let line: ArraySlice<UInt8>
  private let indentation: Int
  private let contextIndentation: Int

  init(_ problem: SyntaxProblem, source: SourceText, end: YAMLMark) {
    self.problem = problem
    isAtEnd = problem.mark >= end
    var cursor = LineCursor(in: source)
    cursor.advance(toLine: min(problem.mark, problem.contextMark).line)
    contextIndentation = cursor.indentation ?? 0
    cursor.advance(toLine: problem.mark.line)
    line = cursor.content
    indentation = cursor.indentation ?? 0
  }

  /// The character at the mark, as text; empty at the end of a line.
  private var character: String {
    let rest = String(decoding: line, as: UTF8.self).unicodeScalars.dropFirst(problem.mark.column - 1)
    return rest.first.map { YAMLError.excerpt(String($0)) } ?? ""
  }

  private var isTab: Bool {
    problem.text.contains("a tab character")
      || problem.text == "found character that cannot start any token" && line.dropFirst(indentation).first == 0x09
  }

  /// `key: {{ name }} …` reads as a mapping inside a mapping: the usual cause of an error in such a line.
  var templateHint: String? {
    let braces = line.indices.first { line[$0...].starts(with: "{{".utf8) }
    guard let braces, let before = line[..<braces].last(where: { $0 != UInt8(ascii: " ") }) else { return nil }
    return ":-,[".utf8.contains(before) ? "quote a value that begins with {{: \"{{ name }} …\"" : nil
  }

  var quotationError: YAMLError? {
    let backslash = "write \\\\ for a backslash, or use single quotes"
    switch problem.text {
    case "found unexpected end of stream":
      return atContext("this quote is never closed", "add the closing quote")
    case "found unexpected document indicator":
      let reason = "this quote is not closed before the document marker in line \(problem.mark.line)"
      return atContext(reason, "add the closing quote")
    case "found unknown escape character":
      return here("an escape that YAML does not have", backslash)
    case "did not find expected hexdecimal number":
      return here("expected hexadecimal digits in the escape", backslash)
    case "found invalid Unicode character escape code":
      return here("the escape is not a Unicode character", "write the character itself instead of surrogate pairs")
    default: return nil
    }
  }

  var flowError: YAMLError? {
    switch problem.text {
    case "did not find expected ',' or ']'": return unclosed("list", "]")
    case "did not find expected ',' or '}'": return unclosed("mapping", "}")
    case "did not find expected node content":
      if isAtEnd { return here("the source ends where a value was expected", "close every \"[\" and \"{\"") }
      return here("expected a value before \"\(character)\"", "remove it, or put it in quotes")
    default: return nil
    }
  }

  /// A line that is indented no deeper than the bracket's is more likely to come after a bracket left open.
  private func unclosed(_ kind: String, _ bracket: String) -> YAMLError {
    if isAtEnd { return atContext("this \(kind) is never closed", "add the closing \"\(bracket)\"") }
    if problem.mark.line > problem.contextMark.line && indentation <= contextIndentation {
      let reason = "this \(kind) is not closed before line \(problem.mark.line)"
      return atContext(reason, "add the closing \"\(bracket)\", or the comma before that line")
    }
    let hint = "separate the entries by commas, and quote a value that contains \"\(bracket)\""
    return here("expected \",\" or \"\(bracket)\" here", hint)
  }

  var structureError: YAMLError? {
    switch problem.text {
    case "could not find expected ':'":
      let hint = "write key: value, or indent text that belongs to the line above"
      return atContext("expected \":\" after this key", hint)
    case "mapping values are not allowed in this context", "found unexpected ':'":
      let hint = "quote a value that contains \": \", or correct the indentation of this line"
      return here("a colon cannot stand here", hint)
    case "mapping keys are not allowed in this context":
      return here("a key cannot begin here", "begin it on a line of its own")
    case "block sequence entries are not allowed in this context":
      return here("a list cannot begin here", "put its \"-\" on a line of its own, or write [a, b]")
    case "did not find expected key":
      let reason = "expected a key of the mapping that begins in line \(problem.contextMark.line)"
      if character == "-" { return here(reason, "a mapping and a list cannot share an indentation") }
      return here(reason, "correct the indentation, or quote the whole value")
    case "did not find expected '-' indicator":
      let reason = "expected \"-\" for the next entry of the list that begins in line \(problem.contextMark.line)"
      return here(reason, "correct the indentation")
    case "did not find expected <document start>":
      return here("this does not belong to the value above", "correct the indentation; only one document is allowed")
    default: return nil
    }
  }

  var tokenError: YAMLError {
    if isTab { return here("a tab cannot indent", "indent with spaces, not tabs") }
    switch (problem.text, problem.context) {
    case ("found character that cannot start any token", _):
      return here("a value cannot begin with \"\(character)\"", "put it in quotes")
    case (_, "while scanning an anchor"):
      return atContext("expected an anchor's name after \"&\"", "put a value that begins with \"&\" in quotes")
    case (_, "while scanning an alias"):
      return atContext("expected an alias's name after \"*\"", "put a value that begins with \"*\" in quotes")
    case (_, "while scanning a block scalar"):
      let reason = "only a digit from 1 to 9, \"+\" or \"-\" may follow \"|\" or \">\""
      return here(reason, "begin the text on the next line")
    case (_, let context) where context.contains("directive"), ("found incompatible YAML document", let context):
      return here("a directive that is not understood", "remove the line, or quote a value that begins with \"%\"")
    case (_, "while scanning a tag"), (_, "while parsing a tag"), ("found undefined tag handle", _):
      return atContext("the tag is not understood", "put a value that begins with \"!\" in quotes")
    default:
      return here(problem.text, nil)
    }
  }

  private func here(_ reason: String, _ hint: String?) -> YAMLError { YAMLError(at: problem.mark, reason, hint: hint) }

  private func atContext(_ reason: String, _ hint: String) -> YAMLError {
    YAMLError(at: problem.contextMark, reason, hint: hint)
  }
}
