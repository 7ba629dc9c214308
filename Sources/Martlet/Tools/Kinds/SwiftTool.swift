import MartletJSON

/// Runs Swift code for each call: arguments decoded into its type, its result encoded.
struct SwiftTool<Arguments: Decodable & Sendable, Output: Encodable & Sendable>: ToolExecutor {
  private let body: @Sendable (Arguments) async throws -> Output

  init(_ body: @escaping @Sendable (Arguments) async throws -> Output) {
    self.body = body
  }

  func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
    let arguments: Arguments
    do {
      arguments = try invocation.arguments.decode()
    } catch {
      // What a type refuses to be made of is the model's mistake, in whatever words it says so.
      return .error(ToolMessages.undecodableArguments(error))
    }
    let context = ToolContext(
      tool: invocation.tool, callID: invocation.callID, sessionID: invocation.sessionID,
      idempotencyKey: invocation.idempotencyKey)
    do {
      return try ToolOutput(encoding: await ToolContext.$current.withValue(context) { try await body(arguments) })
    } catch let error as ToolError where error.exit == .model {
      return .error(ToolMessages.failed(ResultText(error.message, limit: ToolOutput.maxBytes).annotated))
    } catch is CancellationError where !Task.isCancelled {
      return .error(ToolMessages.failed("its work was canceled, and it gave no result"))
    }
  }
}

extension Tool {
  /// What runs the calls of the tool.
  var executor: any ToolExecutor { SwiftTool { (arguments: Arguments) in try await call(arguments: arguments) } }
}

extension ToolOutput {
  /// The result of Swift code as the model reads it: a text as it is, everything else as canonical JSON.
  init(encoding output: some Encodable) throws {
    do {
      let text: String
      if let output = output as? String {
        text = output
      } else {
        let value = try JSONValue(encoding: output)
        text = value.stringValue ?? value.canonicalString()
      }
      self = ToolOutput(ResultText(text, limit: Self.maxBytes).annotated)
    } catch {
      self = .error(ToolMessages.unencodableResult(error))
    }
  }
}
