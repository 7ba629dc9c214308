import MartletJSON

/// Runs a program for each call, by the contract of plugins.
struct CommandTool: ToolExecutor {
  let name: String
  /// The path of the program.
  let program: String
  /// The program as the file names it, which is what it sees as its own name.
  let programName: String
  let arguments: [Template]
  let input: CommandDeclaration.Input
  /// Everything the program inherits or is given, but the call's own entries.
  let environment: ChildEnvironment
  let folder: String?
  let timeout: Duration
  let maxOutput: Int
  /// The parameters of the agent.
  let parameters: TemplateValues
  let supervisor: ProcessSupervisor

  func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
    let announcement = supervisor.announce()
    let request: ProcessRequest
    do throws(ArgumentRefusal) {
      request = try self.request(for: invocation)
    } catch {
      supervisor.withdraw(announcement)
      return .error(CommandMessages.refusal(error))
    }
    let result = await supervisor.run(request, announcedAs: announcement)
    if result.ending == .canceled { throw CancellationError() }
    return CommandMessages.output(of: result)
  }

  private func commandLine(_ invocation: ToolInvocation) throws(ArgumentRefusal) -> [String] {
    var elements = [programName]
    if arguments.isEmpty { return elements }
    let values = parameters.merging(
      Dictionary(invocation.arguments.objectValue?.map { ($0.key, $0.value) } ?? []) { first, _ in first })
    for argument in arguments {
      if let element = try argument.commandElement(with: values) { elements.append(element) }
    }
    return elements
  }

  private func request(for invocation: ToolInvocation) throws(ArgumentRefusal) -> ProcessRequest {
    let argv = try commandLine(invocation)
    var environment = environment
    environment.mark("MARTLET_CALL_ID", invocation.context.callID.asVariable)
    environment.mark("MARTLET_SESSION_ID", invocation.context.sessionID)
    // A model may give the same identifier twice: the key makes the marks unique to the call.
    environment.mark("MARTLET_IDEMPOTENCY_KEY", invocation.context.idempotencyKey)
    return ProcessRequest(
      executable: program, arguments: argv, environment: environment, workingDirectory: folder,
      standardInput: input == .arguments ? invocation.arguments.canonicalBytes() : [], timeout: timeout,
      maxOutput: maxOutput)
  }

  /// The environment for the calls of a tool, in which each call's own entries are still missing.
  static func environment(of name: String, _ variables: [String: String]) -> ChildEnvironment {
    var variables = variables
    variables["MARTLET_TOOL"] = name
    for own in ["MARTLET_CALL_ID", "MARTLET_SESSION_ID", "MARTLET_IDEMPOTENCY_KEY"] { variables[own] = nil }
    return ChildEnvironment(variables)
  }
}

/// A value that may not become part of a command line.
struct ArgumentRefusal: Error {
  enum Reason { case optionLike, containsNUL }
  let name: String
  let reason: Reason
}

extension Template {
  /// The element of a command that the template makes: always exactly one, or none when it is an absent value alone.
  func commandElement(with values: TemplateValues) throws(ArgumentRefusal) -> String? {
    if let reference = soleReference, reference.fallback == nil, values[reference] == nil { return nil }
    var element = ""
    for segment in segments {
      switch segment {
      case .text(let text): element += text
      case .value(let reference):
        let value = values[reference]
        let text = value?.templateText ?? reference.fallback ?? ""
        if text.utf8.contains(0) { throw ArgumentRefusal(name: reference.name, reason: .containsNUL) }
        if element.isEmpty, value?.stringValue != nil, text.utf8.first == UInt8(ascii: "-") {
          throw ArgumentRefusal(name: reference.name, reason: .optionLike)
        }
        element += text
      }
    }
    return element
  }
}

extension String {
  /// The most bytes of an identifier that a program is given; the system takes 128 KiB, and some models write as much.
  private static let maxVariableBytes = 4 << 10

  /// The text as a variable can hold it: without NUL, and only its beginning if it is very long.
  fileprivate var asVariable: String {
    let text = utf8.contains(0) ? String(decoding: utf8.filter { $0 != 0 }, as: UTF8.self) : self
    guard text.utf8.count > Self.maxVariableBytes else { return text }
    let scalars = text.unicodeScalars
    var end = text.utf8.index(text.startIndex, offsetBy: Self.maxVariableBytes)
    while end.samePosition(in: scalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }
}
