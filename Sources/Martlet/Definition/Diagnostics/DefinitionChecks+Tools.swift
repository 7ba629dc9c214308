import MartletJSON
import MartletYAML

extension DefinitionChecks {
  /// Checks a tool; the reader is within its file. What Swift code replaces need not be there.
  func check(_ tool: ToolDeclaration) {
    switch tool.kind {
    case _ where context.registeredTools.contains(tool.name.value): break
    case .handler where !tool.isWhole: break
    case .handler:
      reader.note(
        "tool `\(tool.name.value)` is bound to Swift code: only a program that registers it can run this agent",
        at: tool.name.mark)
    case .command(let command):
      checkProgram(command, tool)
      if tool.isWhole { checkTemplates(of: command, tool) }
      checkFolder(command, tool)
      for entry in command.options.environment { checkVariables(entry.value) }
    }
  }

  private func checkProgram(_ command: CommandDeclaration, _ tool: ToolDeclaration) {
    guard context.checksPrograms, let problem = command.programProblem(in: tool.source.folder, environment: environment)
    else { return }
    reader.report(problem.message, at: command.program.mark, hint: problem.hint)
  }

  private func checkTemplates(of command: CommandDeclaration, _ tool: ToolDeclaration) {
    guard command.arguments.contains(where: \.template.hasReferences) else { return }
    let arguments = KnownNames(tool.argumentNames)
    let allowed = parameterNames.adding(arguments)
    for element in command.arguments {
      check(element, allowed: allowed, places: "an argument of `\(tool.name.value)` or a parameter")
      for (reference, mark) in element.references
      where arguments.contains(reference.name) && parameterNames.contains(reference.name) {
        reader.report(
          "`\(reference.name)` is both an argument of `\(tool.name.value)` and a parameter of the agent", at: mark,
          hint: "rename one of them")
      }
    }
  }

  private func checkFolder(_ command: CommandDeclaration, _ tool: ToolDeclaration) {
    guard let folder = command.options.folder else { return }
    checkVariables(folder)
    guard folder.value.variables.isEmpty else { return }
    let path = FilePaths.resolve(folder.value.source, in: tool.source.folder)
    if !FilePaths.isFolder(path) { reader.report("the folder `\(path)` does not exist", at: folder.mark) }
  }

  private func checkVariables(_ text: Located<EnvironmentText>) {
    for name in text.value.variables where environment[name] == nil {
      reader.warn(
        "the environment variable \(name) is not set", at: text.mark, hint: "a run needs it: set \(name)")
    }
  }
}

extension CommandDeclaration {
  /// The path of the program: beside the file when it has a slash, else found in `PATH`.
  package func resolvedProgram(in folder: String, environment: [String: String]) -> String? {
    if program.value.utf8.contains(UInt8(ascii: "/")) {
      return FilePaths.simplified(FilePaths.resolve(program.value, in: folder))
    }
    return FilePaths.program(named: program.value, searchPath: environment["PATH"])
  }

  /// Why the program cannot be started, as far as looking at it tells.
  func programProblem(in folder: String, environment: [String: String]) -> (message: String, hint: String?)? {
    guard let path = resolvedProgram(in: folder, environment: environment) else {
      let isBeside = FilePaths.isRegularFile(FilePaths.resolve(program.value, in: folder))
      return ("`\(program.value)` is not found in PATH", isBeside ? "give its path: ./\(program.value)" : "install it")
    }
    if FilePaths.isExecutable(path) {
      let setsPath = options.environment.contains { $0.name == "PATH" }
      return setsPath ? nil : Interpreter(ofScript: path)?.problem(searchPath: environment["PATH"])
    }
    if FilePaths.isRegularFile(path) { return ("`\(path)` is not executable", "chmod +x \(path)") }
    if FilePaths.isFolder(path) { return ("`\(path)` is a folder, not a program", nil) }
    if FilePaths.isRegularFile(path + ".c") {
      return ("`\(path)` does not exist", "compile it: cc -o \(path) \(path).c")
    }
    return ("`\(path)` does not exist", "paths are relative to the file that names them")
  }
}
