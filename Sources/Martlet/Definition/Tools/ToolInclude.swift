import MartletJSON
import MartletYAML

/// `{type: include, path: …}`: a tool, or a list of tools, that stands in a file of its own.
struct ToolInclude: Sendable {
  /// Files that one agent includes, directly or not.
  static let maxFiles = 256
  /// Includes within includes.
  static let maxDepth = 16

  var kind = ""
  var path: Located<String>?

  static let table = FieldTable<ToolInclude>("an include") {
    Field("type", \.kind, .choice(["include"]), aliases: ["kind"], required: true, "include: tools of another file")
    Field("path", \.path, .located(.path), required: true, "File with a tool or a list of tools")
  }
}

extension FieldType<String> {
  /// The path of a file.
  fileprivate static let path = FieldType(schema: ["type": "string", "minLength": 1]) { node, reader in
    guard let path = string.read(node, reader) else { return nil }
    if path.isEmpty { reader.report("the path is empty", at: node.start) }
    return path.isEmpty ? nil : path
  }
}

extension FieldType<[ToolDeclaration]> {
  /// Tools of any kind; an include stands for all tools of its file.
  package static let tools = FieldType(schema: ["type": "array", "items": ToolKinds.schema]) { node, reader in
    if node.isSequence { return reader.tools(node) }
    reader.reportType(node, expected: "a list")
    return nil
  }
}

extension DefinitionReader {
  /// The tools of a node that holds one, or a list of them.
  func tools(_ node: YAMLNode) -> [ToolDeclaration] {
    var tools: [ToolDeclaration] = []
    guard let items = node.sequence else {
      read(node, into: &tools)
      return tools
    }
    tools.reserveCapacity(items.count)
    for (index, item) in items.enumerated() { within(item: index) { read(item, into: &tools) } }
    return tools
  }

  /// Reads a tool, or an include, which stands for all tools of its file.
  private func read(_ node: YAMLNode, into tools: inout [ToolDeclaration]) {
    let kind = ToolKinds.word(of: node)
    guard kind?.text == "include" else {
      if let tool = tool(node, of: kind) { tools.append(tool) }
      return
    }
    var include = ToolInclude()
    readFields(of: node, ToolInclude.table, into: &include)
    if let path = include.path { tools += includedTools(path) }
  }

  private func includedTools(_ path: Located<String>) -> [ToolDeclaration] {
    let file = FilePaths.simplified(FilePaths.resolve(path.value, in: source.folder))
    guard openedCount <= ToolInclude.maxFiles else {
      reportTooManyFiles(at: path.mark)
      return []
    }
    if let problem = openProblem(of: file) {
      report(problem.message, at: path.mark, hint: problem.hint)
      return []
    }
    do throws(FileError) {
      let bytes = try FileReading.bytes(of: file, limit: YAMLLimits().maxBytes)
      return within(opening: SourceFile(name: file, bytes: bytes)) {
        do throws(YAMLError) {
          return try includedTools(YAMLNode(parsing: bytes))
        } catch {
          report(error.reason, at: error.mark, hint: error.hint)
          return []
        }
      }
    } catch {
      report("`\(file)` \(error.reason)", at: path.mark)
      return []
    }
  }

  /// Said once, however many more there are.
  private func reportTooManyFiles(at mark: YAMLMark?) {
    guard !hasTooManyFiles else { return }
    hasTooManyFiles = true
    report("more than \(ToolInclude.maxFiles) files are included", at: mark)
  }

  private func includedTools(_ root: YAMLNode) -> [ToolDeclaration] {
    if ToolKinds.isAgent(root) {
      report(
        "an agent cannot be included, only a tool or a list of tools", at: root.start,
        hint: "put its tools into a file of their own")
      return []
    }
    return tools(root)
  }

  /// Why a file cannot be included.
  private func openProblem(of file: String) -> (message: String, hint: String?)? {
    let hint = "paths are relative to \(source.name)"
    if FilePaths.isFolder(file) { return ("`\(file)` is a folder, not a tool file", "name a file in it") }
    guard FilePaths.isRegularFile(file) else {
      return FilePaths.exists(file) ? ("`\(file)` is not a regular file", nil) : ("`\(file)` does not exist", hint)
    }
    if let first = openFiles.firstIndex(where: { FilePaths.isSameFile($0, file) }) {
      let circle = (openFiles[first...] + [file]).joined(separator: " → ")
      return ("the includes form a cycle: \(circle)", "leave one of them out")
    }
    if openFiles.count > ToolInclude.maxDepth {
      return ("includes are nested deeper than \(ToolInclude.maxDepth)", nil)
    }
    return nil
  }
}
