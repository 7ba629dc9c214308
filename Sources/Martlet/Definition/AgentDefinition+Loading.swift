import MartletYAML

extension AgentDefinition {
  /// What a file may hold.
  package enum FileKind: Sendable {
    case agent
    /// A tool, or a list of tools, that agents include.
    case tools
  }

  /// A file as it was read: the definition unless it has errors, and everything there is to say about it.
  package struct Loaded: Sendable {
    package let source: SourceFile
    package var kind = FileKind.agent
    /// Nil when the diagnostics hold an error; of a tool file it has the tools and the parameters that they need.
    package let definition: AgentDefinition?
    package let diagnostics: [Diagnostic]
  }

  /// What whoever loads a file knows and decides about it.
  package struct Context: Sendable {
    /// Is asked for `PATH` and for the variables that the file names.
    package var environment: [String: String]
    /// Whether the file's own model may be one that cannot be used.
    package var overridesModel = false
    /// The names of tools that are Swift code.
    package var registeredTools: Set<String> = []
    /// Whether the programs of tools have to be there.
    package var checksPrograms = true
    /// Whether a tool file will do.
    package var acceptsToolFiles = false

    package init(environment: [String: String]) {
      self.environment = environment
    }
  }

  /// Reads and checks an agent file without a model or a network.
  package static func load(contentsOf path: String, _ context: Context) -> Loaded {
    do throws(FileError) {
      let bytes = try FileReading.bytes(of: path, limit: YAMLLimits().maxBytes)
      return load(bytes: bytes, name: path, context)
    } catch {
      let source = SourceFile(name: path, bytes: [])
      if path.isEmpty {
        let problem = Diagnostic(severity: .error, file: "", message: "the name of the file is empty")
        return Loaded(source: source, definition: nil, diagnostics: [problem])
      }
      let hint = FilePaths.isFolder(path) ? "name a file in it" : path.otherExtension.map { "did you mean `\($0)`?" }
      return Loaded(
        source: source, definition: nil,
        diagnostics: [Diagnostic(severity: .error, file: path, message: error.reason, hint: hint)])
    }
  }

  /// Checks the text of an agent file.
  package static func load(bytes: [UInt8], name: String, _ context: Context) -> Loaded {
    let source = SourceFile(name: name, bytes: bytes)
    let reader = DefinitionReader(source: source)
    var definition = AgentDefinition()
    definition.folder = source.folder
    var kind = FileKind.agent
    var isForeign = false
    do throws(YAMLError) {
      let root = try YAMLNode(parsing: bytes)
      kind = ToolKinds.isToolFile(root) ? .tools : .agent
      switch kind {
      case .agent where reader.reportForeignFormat(of: root): isForeign = true
      case .agent: reader.readFields(of: root, table, into: &definition)
      case .tools where context.acceptsToolFiles: definition.takeTools(reader.tools(root))
      case .tools:
        reader.report(
          "this is a tool file, not an agent", at: root.start,
          hint: "name an agent that includes it: tools: [{type: include, path: …}]")
      }
      // Of a heap of files that was not read to its end, no more is worth saying.
      if !isForeign, !reader.hasTooManyFiles, kind == .agent || context.acceptsToolFiles {
        DefinitionChecks(definition: definition, kind: kind, reader: reader, context: context).run()
      }
    } catch {
      reader.report(error.reason, at: error.mark, hint: error.hint)
    }
    return Loaded(
      source: source, kind: kind, definition: reader.hasErrors ? nil : definition, diagnostics: reader.diagnostics)
  }

  /// Takes the tools of a tool file; a name in their templates that is no argument is a parameter of the agents that
  /// include it.
  private mutating func takeTools(_ tools: [ToolDeclaration]) {
    self.tools = tools
    var names: Set<String> = []
    for tool in tools {
      let arguments = Set(tool.argumentNames)
      for (reference, mark) in tool.references
      where !arguments.contains(reference.name) && names.insert(reference.name).inserted {
        var parameter = ParameterDeclaration()
        parameter.name = reference.name
        parameter.isRequired = reference.fallback == nil
        parameter.mark = mark
        parameters.append(parameter)
      }
    }
  }
}

extension DefinitionReader {
  /// Reports a file of another runtime as that alone, and not as all the keys that are unknown here.
  fileprivate func reportForeignFormat(of root: YAMLNode) -> Bool {
    guard let format = ForeignFormat.of(root) else { return false }
    report("this is a file of \(format.name), not a Martlet agent", at: root.start, hint: format.advice)
    return true
  }
}

extension String {
  /// The same path with the other of the two extensions of YAML, when there is such a file.
  fileprivate var otherExtension: String? {
    guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let others = ["yml": "yaml", "yaml": "yml"]
    let other = others[String(self[utf8.index(after: dot)...])].map { String(self[...dot]) + $0 }
    return other.flatMap { FilePaths.isRegularFile($0) ? $0 : nil }
  }
}
