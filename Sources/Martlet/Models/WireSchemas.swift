import MartletChat
import MartletJSON

/// What the model wrote for the schemas that its server was told, as the full schemas of the agent want it.
struct WireSchemas: Sendable {
  private let tools: [String: JSONSchema]
  private let output: JSONSchema?
  /// What schemas were rewritten to, made when it is first needed.
  private var sent: [Key: SentSchema] = [:]

  private struct Key: Hashable {
    /// The function; nil for the answer.
    let tool: String?
    let form: SentSchema.Form
    /// Whether it was made of the strict form.
    var isOfStrict = false
  }

  init(tools: [ToolSpecification], output: OutputFormat?) {
    self.tools = Dictionary(tools.map { ($0.name, $0.parameters) }) { first, _ in first }
    self.output = output?.schema
  }

  /// A reply to a request whose schemas were rewritten; what is changed in the arguments of a call is told with it.
  /// Says also whether nothing had to be looked at, so that the reply is as it came.
  mutating func restored(
    _ reply: ModelReply, request: ChatRequest, _ quirks: ProviderQuirks
  ) -> (reply: ModelReply, notices: [ModelNotice], isAsItCame: Bool) {
    var reply = reply
    var notices: [ModelNotice] = []
    let isStrict = Set(request.tools.filter { $0.strict == true }.map(\.name))
    let isAsItCame = !quirks.needsSimpleSchemas && isStrict.isEmpty && output == nil
    if isAsItCame { return (reply, notices, true) }
    let calls = quirks.needsSimpleSchemas || !isStrict.isEmpty ? reply.calls : []
    for (index, call) in calls.enumerated() {
      guard let schema = tools[call.name], call.defect == nil else { continue }
      let restored: RestoredJSON
      if quirks.needsSimpleSchemas {
        restored = self.restored(call.arguments, schema, Key(tool: call.name, form: .simpleParameters))
      } else if quirks.acceptsStrict, isStrict.contains(call.name) {
        restored = self.restored(call.arguments, schema, Key(tool: call.name, form: .strictParameters))
      } else {
        continue
      }
      reply.calls[index] = ToolCall(
        id: call.id, name: call.name, arguments: restored.text, repairs: call.repairs + restored.changes)
      if !reply.objects.isEmpty { reply.objects[index] = nil }
    }
    if reply.calls.isEmpty, let output, let text = reply.text,
      case .jsonSchema(_, _, let schema, let strict)? = request.responseFormat
    {
      let isStrict = quirks.acceptsStrict && strict == true
      let (answer, changes) = restoredAnswer(Self.json(in: text), output, sent: schema, isStrict: isStrict, quirks)
      if !changes.isEmpty { reply.text = answer }
      notices = changes.map { change in
        ModelNotice(code: "repair", message: "the answer: \(change.description(of: "it"))")
      }
    }
    return (reply, notices, false)
  }

  /// An answer to a schema in strict form, in few words, or in few words for the strict form.
  private mutating func restoredAnswer(
    _ text: String, _ output: JSONSchema, sent: JSONValue, isStrict: Bool, _ quirks: ProviderQuirks
  ) -> (text: String, changes: [ArgumentRepair]) {
    var text = text
    var changes: [ArgumentRepair] = []
    if quirks.needsSimpleSchemas, let schema = isStrict ? try? JSONSchema(sent) : output {
      let restored = restored(text, schema, Key(tool: nil, form: .simple, isOfStrict: isStrict))
      (text, changes) = (restored.text, restored.changes)
    }
    guard isStrict else { return (text, changes) }
    let restored = restored(text, output, Key(tool: nil, form: .strict))
    return (restored.text, changes + restored.changes)
  }

  private mutating func restored(_ text: String, _ schema: JSONSchema, _ key: Key) -> RestoredJSON {
    let schema = sent[key] ?? SentSchema(schema, form: key.form)
    sent[key] = schema
    return RestoredJSON(text, writtenFor: schema)
  }

  /// The one value that stands in an answer with words or a fence around it; else the answer itself.
  private static func json(in text: String) -> String {
    guard (try? JSONValue(parsing: text)) == nil else { return text }
    let values = EmbeddedJSON.values(in: text)
    return values.count == 1 ? values[0].canonicalString() : text
  }
}
