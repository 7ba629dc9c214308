package import MartletJSON

/// A message of a conversation.
///
/// ```swift
/// var messages: [ChatMessage] = [.system("You are a coding assistant."), .user("Write a haiku.")]
/// let response = try await client.chat.completions.create(model: "llama-3.2-1b", messages: messages)
/// messages.append(response.choices[0].message)
/// ```
public struct ChatMessage: Sendable, Hashable {
  /// Who speaks, under the names of the wire.
  public struct Role: RawRepresentable, Sendable, Hashable {
    /// The word on the wire.
    public let rawValue: String

    /// Makes a role of its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Instructions.
    public static let system = Role(rawValue: "system")
    /// The person, or the program in their place.
    public static let user = Role(rawValue: "user")
    /// Instructions, in the word that OpenAI's newer models want.
    public static let developer = Role(rawValue: "developer")
    /// The model.
    public static let assistant = Role(rawValue: "assistant")
    /// The result of a call.
    public static let tool = Role(rawValue: "tool")
  }

  /// A call of a function that the model asks for.
  public struct ToolCall: Sendable, Hashable {
    /// What is called, and with what.
    public struct Function: Sendable, Hashable {
      /// The function's name.
      public var name: String
      /// The arguments as JSON text, as the model wrote them: ``parsedArguments`` reads them.
      public var arguments: String

      /// Makes a function call.
      public init(name: String, arguments: String) {
        self.name = name
        self.arguments = arguments
      }
    }

    /// What the result of the call names.
    public var id: String
    /// What is called, and with what.
    public var function: Function
    @Rare var foreign: ForeignMembers
    /// The text in which a JSON object was found, so that it need not be read again to be sent.
    @Aside var objectText: String? = nil

    /// Whether an identifier, a name and arguments are all there is.
    package var isPlain: Bool { $foreign.isEmpty }

    /// Makes a call.
    public init(id: String, name: String, arguments: String) {
      self.id = id
      function = Function(name: name, arguments: arguments)
    }
  }

  /// Who speaks.
  public var role: Role
  /// The text; nil in a message that only calls functions or refuses, and in one of ``parts``.
  public var content: String?
  /// The functions that the model calls; nil if none.
  public var toolCalls: [ToolCall]?
  /// The call that a message of the role `tool` answers.
  public var toolCallID: String?
  // Apart, because a conversation has many messages, and most have nothing of it.
  @Rare private var rest: Rest

  /// Text, images, sounds and files that are sent instead of ``content``; empty in a message of text.
  public var parts: [ContentPart] {
    get { $rest.value?.parts ?? [] }
    set { rest.parts = newValue }
  }
  /// What the model refused to do, in its words.
  public var refusal: String? {
    get { $rest.value?.refusal }
    set { rest.refusal = newValue }
  }
  /// The model's thinking, where the provider shows it.
  public var reasoning: String? {
    get { $rest.value?.reasoning }
    set { rest.reasoning = newValue }
  }
  /// How the provider spelled the reasoning, because it wants it back in the same way.
  package var reasoningForm: ReasoningForm {
    get { $rest.value?.reasoningForm ?? .none }
    set { rest.reasoningForm = newValue }
  }
  /// Members that only the provider understands and wants back, such as `reasoning_details`.
  package var extra: JSONObject {
    get { $rest.value?.extra ?? JSONObject() }
    set { rest.extra = newValue }
  }
  /// Whether it has a role, text, calls and the identifier of a call at most.
  package var isPlain: Bool { $rest.isEmpty }

  private struct Rest: RareValue {
    var parts: [ContentPart] = []
    var refusal: String?
    var reasoning: String?
    var reasoningForm = ReasoningForm.none
    var extra = JSONObject()
  }

  init(role: Role, content: String?, toolCalls: [ToolCall]? = nil, toolCallID: String? = nil) {
    self.role = role
    self.content = content
    self.toolCalls = toolCalls
    self.toolCallID = toolCallID
  }

  /// Instructions to the model.
  public static func system(_ content: String) -> ChatMessage { ChatMessage(role: .system, content: content) }

  /// Instructions to the model, in the word that OpenAI's newer models want.
  public static func developer(_ content: String) -> ChatMessage { ChatMessage(role: .developer, content: content) }

  /// What the person says.
  public static func user(_ content: String) -> ChatMessage { ChatMessage(role: .user, content: content) }

  /// What the person says and shows.
  ///
  /// ```swift
  /// let message = ChatMessage.user(["What's in this image?", .image(url: "https://example.com/image.jpg")])
  /// ```
  public static func user(_ parts: [ContentPart]) -> ChatMessage {
    var message = ChatMessage(role: .user, content: nil)
    message.parts = parts
    return message
  }

  /// What the person says, and what goes with it.
  package static func user(_ text: String, attachments: [ContentPart]) -> ChatMessage {
    attachments.isEmpty ? .user(text) : .user((text.isEmpty ? [] : [.text(text)]) + attachments)
  }

  /// What the model said, and which functions it called.
  public static func assistant(_ content: String?, toolCalls: [ToolCall] = []) -> ChatMessage {
    ChatMessage(role: .assistant, content: content, toolCalls: toolCalls.isEmpty ? nil : toolCalls)
  }

  /// The result of the call with that id.
  public static func tool(callID: String, _ content: String) -> ChatMessage {
    ChatMessage(role: .tool, content: content, toolCallID: callID)
  }
}

/// How a provider spells the model's thinking.
package enum ReasoningForm: Sendable, Hashable {
  /// It came in no form that can be sent back.
  case none
  /// A string in a member of this name: `reasoning` or `reasoning_content`.
  case member(String)
  /// A part of type `thinking` in a `content` that is a list.
  case part
  /// `<think>…</think>` at the beginning of the content: the beginning as it came, white space after it included.
  case tags(String)
}
