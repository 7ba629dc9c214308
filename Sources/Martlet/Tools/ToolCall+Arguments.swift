package import MartletJSON

extension ToolCall {
  /// The arguments as a value, for reports: a string with the model's text when they cannot be read.
  package var argumentsValue: JSONValue {
    if arguments.trimmed.isEmpty { return [:] }
    return (try? JSONValue(parsing: arguments, duplicates: .reject)) ?? .string(arguments)
  }
}
