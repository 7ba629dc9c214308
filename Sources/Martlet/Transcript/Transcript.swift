public import MartletChat

/// What was said in a session: instructions, messages of the user, and whole turns of the model.
///
/// A turn is whole or absent: an assistant message is here only together with the results of all its calls, in call
/// order, so that every prefix of a transcript can be sent to a model.
public struct Transcript: Sendable, Hashable {
  /// One step of the conversation.
  public enum Entry: Sendable, Hashable {
    /// The system prompt.
    case instructions(String)
    /// A message of the user, and the images, sounds and files that came with it.
    case user(String, attachments: [ContentPart] = [])
    /// What the model was told of its answer before, which breaks the schema of the output; it reads it as the user's.
    case correction(String)
    /// A reply of the model with the results of its calls.
    case turn(Turn)
  }

  /// A reply of the model and what came of its calls.
  public struct Turn: Sendable, Hashable {
    /// What the model said; nil when it only called tools.
    public let text: String?
    /// The calls in the model's order.
    public let calls: [ToolCall]
    /// One result for each call, in the same order.
    public let results: [ToolResult]

    package init(text: String?, calls: [ToolCall] = [], results: [ToolResult] = []) {
      self.text = text
      self.calls = calls
      self.results = results
    }
  }

  /// All entries in order.
  public private(set) var entries: [Entry] = []

  /// An empty transcript.
  public init() {}

  package mutating func append(_ entry: Entry) {
    entries.append(entry)
  }
}

/// A model's request to run a tool.
public struct ToolCall: Sendable, Hashable {
  /// The identifier that the result refers to, unique in its turn.
  public let id: String
  /// The name of the tool as the model wrote it.
  public let name: String
  /// The arguments as the model wrote them: JSON text, unchecked.
  public let arguments: String

  /// Why the arguments cannot be used, where the reply itself shows it: they were cut, for example.
  package let defect: String?
  /// What has been changed of the arguments already, to read them.
  package let repairs: [ArgumentRepair]

  package init(id: String, name: String, arguments: String, defect: String? = nil, repairs: [ArgumentRepair] = []) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.defect = defect
    self.repairs = repairs
  }
}

/// What the model is told of one of its calls.
public struct ToolResult: Sendable, Hashable {
  /// The identifier of the call.
  public let callID: String
  /// The tool's name, as the model called it.
  public let name: String
  /// The text that the model reads.
  public let content: String
  /// Whether the call failed.
  public let isError: Bool

  package init(callID: String, name: String, content: String, isError: Bool) {
    self.callID = callID
    self.name = name
    self.content = content
    self.isError = isError
  }
}
