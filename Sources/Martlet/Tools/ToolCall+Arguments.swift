package import MartletJSON

/// Why the arguments of a call cannot be read.
package enum ArgumentsError: Error {
  case tooLong(limit: Int)
  case malformed(JSONParseError)
}

extension ToolCall {
  /// Arguments of one call, in bytes.
  package static let maxArgumentBytes = 1 << 20

  /// The arguments, strictly read; nothing at all counts as no arguments.
  package func parsedArguments() throws(ArgumentsError) -> JSONValue {
    guard arguments.utf8.count <= Self.maxArgumentBytes else { throw .tooLong(limit: Self.maxArgumentBytes) }
    if arguments.trimmed.isEmpty { return [:] }
    do throws(JSONParseError) {
      return try JSONValue(parsing: arguments, duplicates: .reject)
    } catch {
      throw .malformed(error)
    }
  }

  /// The arguments as a value, for reports: a string with the model's text when they cannot be read.
  package var argumentsValue: JSONValue { (try? parsedArguments()) ?? .string(arguments) }
}
