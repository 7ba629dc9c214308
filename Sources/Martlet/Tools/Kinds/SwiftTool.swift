import MartletJSON

/// Runs Swift code for each call: arguments decoded into its type, its result encoded.
///
/// A class: to copy a generic structure as `any ToolExecutor` would take a lookup of its type.
final class SwiftTool<Arguments: Decodable & Sendable, Output: Encodable & Sendable>: ToolExecutor {
  private let body: @Sendable (Arguments) async throws -> Output
  private let decode = JSONValue.decoding(as: Arguments.self)
  private let encode = JSONValue.encoding(of: Output.self)

  init(_ body: @escaping @Sendable (Arguments) async throws -> Output) {
    self.body = body
  }

  nonisolated(nonsending) func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
    let arguments: Arguments
    do {
      arguments = try decode(invocation.arguments)
    } catch {
      // What a type refuses to be made of is the model's mistake, in whatever words it says so.
      return .error(ToolMessages.undecodableArguments(error))
    }
    do {
      // Within the binding every tool comes to the same type: a generic one would be looked up at each call.
      return try await ToolContext.$current.withValue(invocation.context) { result(try await body(arguments)) }
    } catch let error as ToolError where error.exit == .model {
      return .error(ToolMessages.failed(ResultText(error.message, limit: ToolOutput.maxBytes).annotated))
    } catch is CancellationError where !Task.isCancelled {
      return .error(ToolMessages.failed("its work was canceled, and it gave no result"))
    }
  }

  /// The result as the model reads it: a text as it is, everything else as canonical JSON.
  private func result(_ output: Output) -> ToolOutput {
    do {
      let value = try encode(output)
      let text = value.stringValue ?? value.canonicalString()
      return ToolOutput(ResultText(text, limit: ToolOutput.maxBytes).annotated)
    } catch {
      return .error(ToolMessages.unencodableResult(error))
    }
  }
}

extension Tool {
  /// What runs the calls of the tool.
  var executor: any ToolExecutor { SwiftTool { (arguments: Arguments) in try await call(arguments: arguments) } }
}
