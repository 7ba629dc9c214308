import MartletYAML

extension AgentDefinition {
  /// A file as it was read: the definition unless it has errors, and everything there is to say about it.
  package struct Loaded: Sendable {
    package let source: SourceFile
    /// Nil when the diagnostics hold an error.
    package let definition: AgentDefinition?
    package let diagnostics: [Diagnostic]
  }

  /// Reads and checks an agent file without a model or a network.
  ///
  /// The environment is asked for `PATH` and for the variables that the file names. With `overridesModel` the file's
  /// own model may be one that cannot be used.
  package static func load(
    contentsOf path: String, overridesModel: Bool = false, environment: [String: String]
  ) -> Loaded {
    do throws(FileError) {
      let bytes = try FileReading.bytes(of: path, limit: YAMLLimits().maxBytes)
      return load(bytes: bytes, name: path, overridesModel: overridesModel, environment: environment)
    } catch {
      let source = SourceFile(name: path, text: "")
      let hint = FilePaths.isFolder(path) ? "name a file in it" : path.otherExtension.map { "did you mean `\($0)`?" }
      return Loaded(
        source: source, definition: nil,
        diagnostics: [Diagnostic(severity: .error, file: path, message: error.reason, hint: hint)])
    }
  }

  /// Checks the text of an agent file.
  package static func load(
    bytes: [UInt8], name: String, overridesModel: Bool = false, environment: [String: String]
  ) -> Loaded {
    let source = SourceFile(name: name, text: String(decoding: bytes, as: UTF8.self))
    let reader = DefinitionReader(source: source)
    var definition = AgentDefinition()
    definition.folder = source.folder
    do throws(YAMLError) {
      let root = try YAMLNode(parsing: bytes)
      reader.readFields(of: root, table, into: &definition)
      DefinitionChecks(
        definition: definition, reader: reader, environment: environment, checksModel: !overridesModel
      ).run()
    } catch {
      reader.report(error.reason, at: error.mark, hint: error.hint)
    }
    return Loaded(source: source, definition: reader.hasErrors ? nil : definition, diagnostics: reader.diagnostics)
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
