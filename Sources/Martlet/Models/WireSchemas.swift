import MartletChat
import MartletJSON

/// What the model wrote for the schemas that its server was told, as the full schemas of the agent want it.
struct WireSchemas: Sendable {
  private let tools: [String: JSONValue]
  private let output: JSONValue?

  init(tools: [ToolSpecification], output: OutputFormat?) {
    self.tools = Dictionary(tools.map { ($0.name, $0.parameters.document) }) { first, _ in first }
    self.output = output?.schema.document
  }

  /// A reply to a request whose schemas were rewritten.
  func restored(_ reply: ModelReply, request: ChatRequest, _ quirks: ProviderQuirks) -> ModelReply {
    var reply = reply
    let isStrict = Set(request.tools.filter { $0.strict == true }.map(\.name))
    reply.calls = reply.calls.map { call in
      let isRewritten = quirks.needsSimpleSchemas || quirks.acceptsStrict && isStrict.contains(call.name)
      guard isRewritten, let schema = tools[call.name] else { return call }
      return ToolCall(
        id: call.id, name: call.name, arguments: Self.restored(call.arguments, for: schema), defect: call.defect,
        repairs: call.repairs)
    }
    if reply.calls.isEmpty, let output, case .jsonSchema(_, _, _, let strict)? = request.responseFormat,
      strict == true || quirks.needsSimpleSchemas
    {
      reply.text = reply.text.map { Self.restored($0, for: output) }
    }
    return reply
  }

  /// The model's own bytes, unless something in them has to be another.
  private static func restored(_ text: String, for schema: JSONValue) -> String {
    guard let value = try? JSONValue(parsing: text, duplicates: .reject) else { return text }
    let restored = value.restored(for: schema)
    return restored == value ? text : restored.canonicalString()
  }
}
