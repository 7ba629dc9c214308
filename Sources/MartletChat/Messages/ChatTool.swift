public import MartletJSON

/// A function that the model may call.
///
/// ```swift
/// let weather = ChatTool(
///   name: "get_weather", description: "Get current weather for a location",
///   parameters: ["type": "object", "properties": ["location": ["type": "string"]], "required": ["location"]])
/// ```
public struct ChatTool: Sendable, Hashable {
  /// The function's name, `[A-Za-z0-9_-]{1,64}`.
  public var name: String
  /// What it does, for the model to read.
  public var description: String?
  /// The JSON Schema of its arguments.
  public var parameters: JSONValue
  /// Whether the provider is to hold the model to the schema; not every provider knows the word.
  public var strict: Bool?
  /// The schema that goes along with `strict`, where the rules of that mode want another.
  package var strictParameters: JSONValue?

  /// Makes a tool.
  public init(name: String, description: String? = nil, parameters: JSONValue, strict: Bool? = nil) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.strict = strict
  }

  /// Whether the function takes arguments of any names, for which a server of simple schemas has no words.
  package var takesAnyNames: Bool { SimpleSchema.takesAnyNames(parameters) }

  /// The tool as it is sent to a server without quirks.
  package var wire: JSONValue { wire(ProviderQuirks()) }

  /// The tool as it is sent to a server.
  func wire(_ quirks: ProviderQuirks) -> JSONValue {
    let strict = quirks.acceptsStrict ? strict : nil
    var function: JSONObject = ["name": .string(name)]
    if let description { function["description"] = .string(description) }
    function["parameters"] = parameters(quirks, strict)
    if let strict { function["strict"] = .bool(strict) }
    return ["type": "function", "function": .object(function)]
  }

  private func parameters(_ quirks: ProviderQuirks, _ strict: Bool?) -> JSONValue? {
    if quirks.needsSimpleSchemas { return SimpleSchema.parameters(SchemaGraph(outlining: parameters))?.json }
    return strict == true ? strictParameters ?? parameters : parameters
  }
}
