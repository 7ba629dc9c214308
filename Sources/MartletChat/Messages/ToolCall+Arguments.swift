public import MartletJSON

extension ChatMessage.ToolCall.Function {
  /// The arguments as the object that they mean, members in the model's order; no arguments mean the empty object.
  ///
  /// ```swift
  /// for call in response.choices[0].message.toolCalls ?? [] {
  ///   do {
  ///     let location = try call.function.parsedArguments["location"]?.stringValue
  ///     messages.append(.tool(callID: call.id, weather(in: location)))
  ///   } catch {
  ///     messages.append(.tool(callID: call.id, "\(error)"))
  ///   }
  /// }
  /// ```
  ///
  /// - Throws: ``ToolArgumentsError`` for what is no JSON object: tell the model, which then often writes a better one.
  public var parsedArguments: JSONObject {
    get throws(ToolArgumentsError) {
      let reading = ArgumentsReading(arguments)
      if reading.defect == nil, let object = (try? JSONValue(parsing: reading.text))?.objectValue { return object }
      let reason = reading.defect ?? "expected an object"
      throw ToolArgumentsError(function: name, arguments: arguments, reason: reason)
    }
  }
}

/// Arguments of a call that are no JSON object, which is the model's mistake and not an ``APIError``.
public struct ToolArgumentsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The function that was called.
  public let function: String
  /// The arguments as the model wrote them.
  public let arguments: String
  /// What is wrong with them, and where.
  public let reason: String

  /// One sentence that can be sent to the model as the call's result.
  public var description: String { "the arguments of \(function) are not a JSON object: \(reason)" }
}
