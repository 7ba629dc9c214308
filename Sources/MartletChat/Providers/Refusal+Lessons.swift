extension Refusal {
  /// What it teaches, in the order of the table; of the forms of one thing, the next one that was not tried.
  func lessons(of request: ChatRequest, spelledWith quirks: ProviderQuirks, known: [Lesson]) -> [Lesson] {
    var lessons = Self.parameters.filter { refuses($0.name) }.map(\.lesson)
    lessons += Self.sentences.filter { row in row.phrases.contains { says($0) } }.map(\.lesson)
    if request.adaptsResponseFormat, request.responseFormat != nil, isAboutAnswerFormat {
      lessons.append(.noAnswerFormat)
    }
    if isAboutStrict {
      lessons.append(.noStrict)
    } else if Self.schemaWords.contains(where: { has($0) }) {
      lessons.append(.simpleSchemas)
    }
    if isAboutRoleDeveloper { lessons.append(.noDeveloperRole) }
    if isAboutToolChoice, let lesson = Self.lesson(of: request.toolChoice, quirks) { lessons.append(lesson) }
    if isAboutEmptyContent {
      let forms = Self.forms(after: quirks.messageStyle.emptyContent)
      lessons += forms.map(Lesson.emptyContent).filter { !known.contains($0) }.prefix(1)
    }
    return lessons
  }

  /// Members of a request or a message that are left out or renamed where a server refuses them.
  private static let parameters: [(name: String, lesson: Lesson)] = [
    ("stream_options", .noStreamOptions),
    ("parallel_tool_calls", .noParallelToolCalls),
    ("max_tokens", .tokenBound(.maxCompletionTokens)),
    ("max_completion_tokens", .tokenBound(.maxTokens)),
    ("reasoning_content", .reasoning(.omitted)),
    ("reasoning", .reasoning(.omitted)),
    ("reasoning_details", .reasoning(.omitted)),
  ]

  /// Sentences that mean one thing only, in lower case and without signs.
  private static let sentences: [(phrases: [String], lesson: Lesson)] = [
    (
      ["must be passed back", "missing reasoning_content field", "reasoning_content is missing"],
      .reasoning(.required)
    ),
    (
      ["remove the reasoning_content", "reasoning_content is an intermediate result"], .reasoning(.omitted)
    ),
    (["a z a z 0 9 with a length of 9", "alphanumeric strings with length 9"], .nineAlphanumericCallIDs),
    (["unexpected role user after role tool"], .noUserAfterTool),
    (
      [
        "system message must be at the beginning", "system messages must be at the beginning",
        "only one system message", "multiple system messages", "system message must be the first",
      ], .oneSystemMessage
    ),
  ]

  /// "unknown variant `developer`", "does not support 'developer'", "Input tag 'developer' … does not match".
  private var isAboutRoleDeveloper: Bool {
    guard mentions("developer") else { return false }
    let refusals = [
      "unknown variant developer", "support developer", "unexpected role developer", "invalid role developer",
      "unsupported role developer", "role developer is not", "tag developer found", "developer role is not",
      "developer is not one of", "invalid value developer", "unknown role developer",
    ]
    return refusals.contains { says($0) }
  }

  /// Of a request that has it, or of a schema that is not as that mode wants it.
  private var isAboutStrict: Bool {
    refuses("strict") || has("function.strict") || has("json_schema.strict") || says("is required to be supplied")
  }

  /// What a refusal of a schema names.
  private static let schemaWords = [
    "additionalproperties", "$ref", "$defs", "any_of", "anyof", "oneof", "allof", "exclusiveminimum",
    "exclusivemaximum", "patternproperties", "function_declarations", "for object type",
  ]

  private var isAboutAnswerFormat: Bool {
    let words = ["response_format", "response format", "response mime type", "json_schema", "json_object", "json mode"]
    return words.contains { says($0) }
  }

  private var isAboutToolChoice: Bool {
    guard mentions("tool_choice") else { return false }
    // What is missing here is the tools, or one of that name.
    if ["tools must be set", "when tools are", "requires tools", "not found in"].contains(where: { says($0) }) {
      return false
    }
    if refuses("tool_choice") { return true }
    let refusals = [
      "invalid tool_choice", "invalid value for tool_choice", "invalid type for tool_choice", "tool_choice must be",
      "tool_choice must either be", "tool_choice expected", "tool_choice should be", "tool_choice input should be",
      "tool_choice msg input should be", "tool_choice str msg input should be", "tool_choice invalid type",
      "tool_choice required is not", "tool_choice only supports", "tool_choice currently only",
      "only supports auto tool_choice", "tool_choice currently supports", "tool_choice unknown variant",
    ]
    return refusals.contains { says($0) }
  }

  private static func lesson(of choice: ChatRequest.ToolChoice?, _ quirks: ProviderQuirks) -> Lesson? {
    switch choice {
    case .tool? where quirks.acceptsNamedToolChoice: .noNamedToolChoice
    case .tool?, .required?: .noRequiredToolChoice
    case ChatRequest.ToolChoice.none?: .noNoneToolChoice
    case .auto?, nil: nil
    }
  }

  /// The many ways to say that the content of an assistant's message may not be null, or empty, or missing.
  private var isAboutEmptyContent: Bool {
    if mentions("content") {
      let refusals = [
        "expected a string got null", "expected a string but got null", "invalid type null", "null is not allowed",
        "none is not an allowed value", "content type nil", "content field must be a string",
        "content must be a string",
        "content must not be empty", "content cannot be empty", "content should not be empty", "content is empty",
        "content can not be empty", "content is required", "non empty content", "empty content",
        "missing field content",
        "content field required", "content field is required", "content msg field required",
        "content must be non empty", "must contain content", "either content or tool_calls", "content to be a string",
        "content null", "input should be a valid string", "message content cannot be",
      ]
      if refusals.contains(where: { says($0) }) { return true }
      if says("the content field in the message object"), mentions("empty") { return true }
    }
    return says("content blocks must be non empty")
  }

  /// The other forms, the likeliest to be accepted first.
  private static func forms(after form: MessageStyle.EmptyContent) -> [MessageStyle.EmptyContent] {
    switch form {
    case .null: [.emptyString, .omitted]
    case .emptyString: [.null, .omitted]
    case .omitted: [.emptyString, .null]
    }
  }
}
