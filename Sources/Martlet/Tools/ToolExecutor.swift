package import MartletJSON

/// Runs the calls of one tool.
///
/// A failure that the model should know of is an output with `isError`; an error that is thrown ends the run.
package protocol ToolExecutor: Sendable {
  nonisolated(nonsending) func call(_ invocation: ToolInvocation) async throws -> ToolOutput
}

/// One call, its arguments checked against the tool's schema.
package struct ToolInvocation: Sendable {
  package let context: ToolContext
  /// An object; its canonical form is what leaves the process, never the model's text.
  package let arguments: JSONValue
}

/// What came of a call.
package struct ToolOutput: Sendable, Hashable {
  /// The text that the model reads.
  package var content: String
  package var isError: Bool

  /// The bytes of a result that the model reads, unless a tool's `max_output` says otherwise.
  package static let maxBytes = 32_768

  package init(_ content: String, isError: Bool = false) {
    self.content = content
    self.isError = isError
  }

  package static func error(_ message: String) -> ToolOutput {
    ToolOutput(message, isError: true)
  }
}
