package import MartletYAML

/// Walks a YAML document for the field tables and gathers everything that is wrong with it.
///
/// Reading never stops at the first mistake: a value that cannot be used is reported and left out, so that one run
/// shows all errors of a file.
package final class DefinitionReader {
  /// The file that is being read, or that reports are about.
  private(set) package var source: SourceFile
  private var found: [(diagnostic: Diagnostic, file: Int)] = []
  /// The lines with a secret, by file: no diagnostic shows them.
  private var secretLines: [String: Set<Int>] = [:]
  /// The files so far, in the order in which they were opened.
  private var files: [String]
  private(set) package var errorCount = 0
  // Pushed and popped for every key; nothing else runs meanwhile.
  @exclusivity(unchecked) private var steps: [Step] = []
  /// The name of the tool that is being read; empty for one without a name, nil for what belongs to none.
  private var toolName: String?
  /// The files that are being read, each included by the one before.
  private(set) var openFiles: [String]
  /// How many files were opened in all.
  private(set) var openedCount = 1
  /// Whether it has been said that too many files are included.
  var hasTooManyFiles = false
  /// Where each canonical key outside of lists was first set; an alias may set the key of another mapping.
  private var firstMarks: [String: YAMLMark] = Dictionary(minimumCapacity: 32)

  /// One step of the way to a value.
  private enum Step {
    case key(String)
    case index(Int)
  }

  package init(source: SourceFile) {
    self.source = source
    self.files = [source.name]
    self.openFiles = [source.name]
  }

  /// More diagnostics than these are only counted.
  package static let maxDiagnostics = 100

  package var hasErrors: Bool { errorCount > 0 }
  private var suppressed = 0

  /// Whether what is reported from now on is only counted, so that it need not be explained.
  var isFull: Bool { found.count >= Self.maxDiagnostics }

  /// All diagnostics in the order of the file, and then of the files that it includes.
  package var diagnostics: [Diagnostic] {
    if found.isEmpty { return [] }
    let ordered = found.enumerated().sorted { lhs, rhs in
      let (a, b) = (lhs.element, rhs.element)
      return (a.file, a.diagnostic.line, a.diagnostic.column, lhs.offset)
        < (b.file, b.diagnostic.line, b.diagnostic.column, rhs.offset)
    }.map { withoutSecret($0.element.diagnostic) }
    guard suppressed > 0 else { return ordered }
    let rest = Diagnostic(severity: .error, file: files[0], message: "and \(suppressed) more")
    return ordered + [rest]
  }

  /// Adds an error at a place of the file; without a mark the whole file is meant.
  package func report(_ message: String, at mark: YAMLMark?, hint: String? = nil) {
    add(.error, message, at: mark, hint: hint)
  }

  /// Adds an error about a line that is shown nowhere, because it holds a secret.
  func reportSecret(_ message: String, at mark: YAMLMark, hint: String? = nil) {
    secretLines[source.name, default: []].insert(mark.line)
    add(.error, message, at: mark, hint: hint)
  }

  private func withoutSecret(_ diagnostic: Diagnostic) -> Diagnostic {
    guard secretLines[diagnostic.file]?.contains(diagnostic.line) ?? false else { return diagnostic }
    var diagnostic = diagnostic
    (diagnostic.excerpt, diagnostic.caret) = ("", 0)
    return diagnostic
  }

  /// Adds a warning.
  package func warn(_ message: String, at mark: YAMLMark?, hint: String? = nil) {
    add(.warning, message, at: mark, hint: hint)
  }

  /// Adds a note.
  package func note(_ message: String, at mark: YAMLMark?, hint: String? = nil) {
    add(.note, message, at: mark, hint: hint)
  }

  private func add(_ severity: Diagnostic.Severity, _ message: String, at mark: YAMLMark?, hint: String?) {
    if severity == .error { errorCount += 1 }
    guard !isFull else {
      suppressed += 1
      return
    }
    // A name in the file may be as long as the file; what people see of it is not.
    var diagnostic = Diagnostic(severity: severity, file: source.name, message: message.shortened)
    diagnostic.path = path(to: steps).shortened
    diagnostic.hint = hint?.shortened
    if let mark {
      (diagnostic.line, diagnostic.column) = (mark.line, mark.column)
      (diagnostic.excerpt, diagnostic.caret) = source.excerpt(line: mark.line, column: mark.column)
    }
    let file = files.firstIndex(of: source.name) ?? files.count
    if file == files.count { files.append(source.name) }
    found.append((diagnostic, file))
  }

  /// What the values are of that are being read, such as a tool with its name.
  var subject: String? { toolName.map { $0.isEmpty ? "a tool" : "the tool `\($0)`" } }

  private func path(to steps: [Step]) -> String {
    steps.reduce(into: "") { path, step in
      switch step {
      case .index(let index): path += "[\(index)]"
      case .key(let key): path += key.hasPrefix("[") || path.isEmpty ? key : "." + key
      }
    }
  }

  /// Reads the inside of a value, with the path of its diagnostics one step longer.
  package func within<Result>(_ key: String, _ body: () -> Result) -> Result {
    within(.key(key), body)
  }

  /// Reads an item of a list, with the path of its diagnostics one step longer.
  package func within<Result>(item index: Int, _ body: () -> Result) -> Result {
    within(.index(index), body)
  }

  private func within<Result>(_ step: Step, _ body: () -> Result) -> Result {
    steps.append(step)
    defer { steps.removeLast() }
    return body()
  }

  /// Reads what belongs to a tool, which messages can name.
  func about<Result>(tool name: String?, _ body: () -> Result) -> Result {
    let outside = toolName
    toolName = name ?? ""
    defer { toolName = outside }
    return body()
  }

  /// Reads another file, or reports about it: places and paths are that file's until the end.
  package func within<Result>(_ file: SourceFile, _ body: () -> Result) -> Result {
    let outside = (source, steps, firstMarks)
    (source, steps, firstMarks) = (file, [], [:])
    defer { (source, steps, firstMarks) = outside }
    return body()
  }

  /// Reads a file that the current one includes.
  func within<Result>(opening file: SourceFile, _ body: () -> Result) -> Result {
    openFiles.append(file.name)
    openedCount += 1
    defer { openFiles.removeLast() }
    return within(file, body)
  }

  /// Reads a mapping by its table: every key at most once, none that is unknown, all that are required.
  package func readFields<Owner>(of node: YAMLNode, _ table: FieldTable<Owner>, into owner: inout Owner) {
    guard let pairs = mapping(node, expected: table.noun) else { return }
    // In a list no alias of a key can stand elsewhere: there the mapping itself knows what it has.
    let isInList = steps.contains { if case .index = $0 { true } else { false } }
    let prefix = isInList || steps.isEmpty ? "" : path(to: steps) + "."
    var firsts: [YAMLMark?] = Array(repeating: nil, count: table.fields.count)
    for pair in pairs {
      guard let position = table.position(of: pair.key) else {
        readUnknown(pair.key, table)
        continue
      }
      let mark = pair.key.start
      let canonicalKey = table.fields[position.field].canonicalKey
      let first = isInList ? firsts[position.field] : firstMark(of: canonicalKey, below: prefix, orElse: mark)
      if firsts[position.field] == nil { firsts[position.field] = mark }
      if let first {
        reportSecond(pair.key, canonicalKey, first: first)
        continue
      }
      if position.isAlias { noteAlias(pair.key, canonicalKey) }
      within(table.fields[position.field].key) { table.fields[position.field].read(pair.value, self, &owner) }
    }
    for position in table.required where firsts[position] == nil {
      let field = table.fields[position]
      report("\(table.noun) needs `\(field.key)`: \(field.documentation)", at: node.start)
    }
  }

  private func readUnknown<Owner>(_ node: YAMLNode, _ table: FieldTable<Owner>) {
    guard let key = key(of: node), !key.hasPrefix("x-") else { return }
    reportUnknown(key, at: node.start, table)
  }

  private func noteAlias(_ node: YAMLNode, _ canonicalKey: String) {
    note("`\(node.text ?? "")` is read as `\(canonicalKey)`", at: node.start, hint: "write `\(canonicalKey)`")
  }

  /// The pairs of a mapping, or nil after a report.
  package func mapping(_ node: YAMLNode, expected: String) -> YAMLPairs? {
    if let pairs = node.mapping { return pairs }
    reportType(node, expected: "\(expected) (a mapping of keys to values)")
    return nil
  }

  /// The text of a mapping's key, or nil after a report.
  package func key(of node: YAMLNode) -> String? {
    if let text = node.text { return text }
    reportNotAKey(node)
    return nil
  }

  /// Reports a value of the wrong type, with a hint where its YAML spelling is the likely reason.
  package func reportType(_ node: YAMLNode, expected: String) {
    if let pairs = node.mapping, pairs.count == 1, pairs[0].key.isMapping {
      return reportNotAKey(pairs[0].key)
    }
    var hint: String?
    if expected.contains("string"), let scalar = node.scalar, scalar.text.utf8.count < 40 {
      hint = scalar.text.isEmpty ? nil : "quote it: \"\(scalar.text)\""
    }
    report("expected \(expected), found \(node.kindName)", at: node.start, hint: hint)
  }

  /// YAML reads an unquoted `{{ x }}` as a mapping whose key is a mapping.
  func reportNotAKey(_ node: YAMLNode) {
    guard let inner = node.mapping, inner.count == 1, let name = inner[0].key.scalar?.text else {
      return report("a key must be a string, found \(node.kindName)", at: node.start)
    }
    report(
      "a template must be quoted: YAML reads `{{` as a mapping", at: node.start, hint: "quote it: \"{{ \(name) }}\"")
  }

  /// Where a canonical key such as `limits.max_turns` stands in the file that was read last.
  func mark(of canonicalPath: String) -> YAMLMark? { firstMarks[canonicalPath] }

  /// Where a canonical key was set before; a first time is noted, and gives nil.
  private func firstMark(of canonicalKey: String, below prefix: String, orElse mark: YAMLMark) -> YAMLMark? {
    let path = prefix.isEmpty ? canonicalKey : prefix + canonicalKey
    guard let first = firstMarks.updateValue(mark, forKey: path) else { return nil }
    firstMarks[path] = first
    return first
  }

  private func reportSecond(_ node: YAMLNode, _ canonicalKey: String, first: YAMLMark) {
    let key = node.text ?? ""
    let also = key == canonicalKey ? "" : ", which means `\(canonicalKey)`"
    report(
      "duplicate key `\(key)`\(also): it is already set in line \(first.line)", at: node.start,
      hint: "keep one of them")
  }

  private func reportUnknown<Owner>(_ key: String, at mark: YAMLMark, _ table: FieldTable<Owner>) {
    guard !isFull else { return report("unknown key", at: mark) }
    let hint =
      Suggestion.nearest(to: key, in: table.words).map { "did you mean `\($0)`?" }
      ?? "known keys: \(table.fields.filter { !$0.isAliasOnly }.map(\.key).joined(separator: ", "))"
    report("unknown key `\(key)` in \(table.noun)", at: mark, hint: hint)
  }
}

extension String {
  /// The text without its middle, if it is longer than a diagnostic may be.
  fileprivate var shortened: String {
    let limit = 600
    guard utf8.count > limit, unicodeScalars.count > limit else { return self }
    return String(unicodeScalars.prefix(limit / 2)) + " … " + String(unicodeScalars.suffix(limit / 2))
  }
}
