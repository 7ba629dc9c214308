import MartletChat
import MartletJSON

/// What the model wrote for the schemas that its server was told, as the full schemas of the agent want it.
struct WireSchemas: Sendable {
  private let tools: [String: JSONSchema]
  private let output: JSONSchema?

  init(tools: [ToolSpecification], output: OutputFormat?) {
    self.tools = Dictionary(tools.map { ($0.name, $0.parameters) }) { first, _ in first }
    self.output = output?.schema
  }

  /// A reply to a request whose schemas were rewritten; what is changed in the arguments of a call is told with it.
  func restored(
    _ reply: ModelReply, request: ChatRequest, _ quirks: ProviderQuirks, onNotice: (ModelNotice) -> Void
  ) -> ModelReply {
    var reply = reply
    let isStrict = Set(request.tools.filter { $0.strict == true }.map(\.name))
    reply.calls = reply.calls.map { call in
      let forms = Self.forms(quirks, isStrict: isStrict.contains(call.name))
      guard !forms.isEmpty, let schema = tools[call.name], call.defect == nil else { return call }
      let (arguments, changes) = Self.restored(call.arguments, schema, forms)
      return ToolCall(id: call.id, name: call.name, arguments: arguments, repairs: call.repairs + changes)
    }
    if reply.calls.isEmpty, let output, let text = reply.text,
      case .jsonSchema(_, _, _, let strict)? = request.responseFormat
    {
      let (answer, changes) = Self.restored(Self.json(in: text), output, Self.forms(quirks, isStrict: strict == true))
      if !changes.isEmpty { reply.text = answer }
      for change in changes {
        onNotice(ModelNotice(code: "repair", message: "the answer: \(change.description(of: "it"))"))
      }
    }
    return reply
  }

  /// The one value that stands in an answer with words or a fence around it; else the answer itself.
  private static func json(in text: String) -> String {
    guard (try? JSONValue(parsing: text)) == nil else { return text }
    let values = EmbeddedJSON.values(in: text)
    return values.count == 1 ? values[0].canonicalString() : text
  }

  /// The forms in which a schema was sent, one made of the other; none if it was its own.
  private static func forms(_ quirks: ProviderQuirks, isStrict: Bool) -> [RestoredJSON.Form] {
    (quirks.acceptsStrict && isStrict ? [.strict] : []) + (quirks.needsSimpleSchemas ? [.simple] : [])
  }

  private static func restored(
    _ text: String, _ schema: JSONSchema, _ forms: [RestoredJSON.Form]
  ) -> (text: String, changes: [ArgumentRepair]) {
    forms.reduce((text, [])) { result, form in
      let restored = RestoredJSON(result.0, schema: schema, writtenFor: form)
      return (restored.text, result.1 + restored.changes)
    }
  }
}
