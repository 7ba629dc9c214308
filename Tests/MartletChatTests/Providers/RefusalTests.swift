import MartletJSON
import Testing

@testable import MartletChat

/// Sentences of real servers, and what exactly they refuse.
@Suite struct RefusalTests {
  /// What servers say, and what it teaches.
  private static let sentences: [(String, Lesson)] = [
    ("Unknown parameter: 'stream_options'.", Lesson.noStreamOptions),
    ("Unrecognized request argument supplied: stream_options", .noStreamOptions),
    ("Invalid JSON payload received. Unknown name \"stream_options\": Cannot find field.", .noStreamOptions),
    (
      "Extra parameters ['stream_options'] are not allowed when extra-parameters is not set or set to be 'error'. Set extra-parameters to 'pass-through' to pass to the model.",
      .noStreamOptions
    ),
    ("json: unknown field \"stream_options\"", .noStreamOptions),
    ("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", .noParallelToolCalls),
    ("GenerativeService got an unexpected keyword argument 'parallel_tool_calls'", .noParallelToolCalls),
    ("property 'parallel_tool_calls' is unsupported, did you mean 'tools'?", .noParallelToolCalls),
    ("Additional properties are not allowed ('parallel_tool_calls' was unexpected)", .noParallelToolCalls),
    (
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      .tokenBound(.maxCompletionTokens)
    ),
    (
      "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 8192}]",
      .tokenBound(.maxTokens)
    ),
    (
      "messages.2.assistant.reasoning_content: property 'messages.2.assistant.reasoning_content' is unsupported",
      .reasoning(.omitted)
    ),
    (
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
      .reasoning(.omitted)
    ),
    (
      "The reasoning_content is an intermediate result for display purposes only and will not be included in the context for inference. Please remove the reasoning_content from your message to reduce network traffic.",
      .reasoning(.omitted)
    ),
    ("The `reasoning_content` in the thinking mode must be passed back to the API.", .reasoning(.required)),
    ("Missing `reasoning_content` field in the assistant message at message index 2.", .reasoning(.required)),
    ("Tool call id was call_0fypS1hVX but must be a-z, A-Z, 0-9, with a length of 9.", .nineAlphanumericCallIDs),
    ("Tool call IDs should be alphanumeric strings with length 9!", .nineAlphanumericCallIDs),
    ("Unexpected role 'user' after role 'tool'", .noUserAfterTool),
    ("System message must be at the beginning.", .oneSystemMessage),
    (
      "Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool` at line 1 column 85",
      .noDeveloperRole
    ),
    (
      "Input tag 'developer' found using 'role' does not match any of the expected tags: 'system', 'user', 'assistant', 'tool'",
      .noDeveloperRole
    ),
    ("Unsupported value: 'messages[0].role' does not support 'developer' with this model.", .noDeveloperRole),
    ("Invalid value for 'content': expected a string, got null.", .emptyContent(.emptyString)),
    ("Invalid 'content': 'content' field must be a string or an array of objects.", .emptyContent(.emptyString)),
    ("invalid message content type: <nil>", .emptyContent(.emptyString)),
    ("messages[1]: content is required", .emptyContent(.emptyString)),
    (
      "bedrock error: The content field in the Message object at messages.2 is empty. Add a ContentBlock object to the content field and try again.",
      .emptyContent(.emptyString)
    ),
  ]

  /// What servers say of a choice, what was sent, and what it teaches.
  private static let choices: [(String, String, Lesson)] = [
    (
      "Invalid tool_choice type: 'object'. Supported string values: none, auto, required", "f", Lesson.noNamedToolChoice
    ),
    ("deepseek-reasoner does not support this tool_choice", "f", .noNamedToolChoice),
    ("Thinking mode does not support this tool_choice", "required", .noRequiredToolChoice),
    ("tool_choice must either be a named tool, 'auto', or 'none'", "required", .noRequiredToolChoice),
    ("tool_choice: expected one of `none`, `auto`", "required", .noRequiredToolChoice),
    (
      "2 validation errors for ChatCompletionRequest\ntool_choice\n  Extra inputs are not permitted", "none",
      .noNoneToolChoice
    ),
  ]

  private func lessons(
    _ body: String, status: Int = 400, choice: ChatRequest.ToolChoice? = nil, quirks: ProviderQuirks = ProviderQuirks()
  ) -> [Lesson] {
    var request = ChatRequest(model: "m")
    request.toolChoice = choice
    let error = APIError(status: status, body: Array(body.utf8))
    return Refusal(error)?.lessons(of: request, spelledWith: quirks, known: []) ?? []
  }

  /// A body with a sentence as OpenAI has it.
  private func body(_ message: String, param: String? = nil, code: String? = nil) -> String {
    let error: JSONValue = [
      "message": .string(message), "type": "invalid_request_error", "param": param.map { .string($0) } ?? .null,
      "code": code.map { .string($0) } ?? .null,
    ]
    return JSONValue.object(["error": error]).canonicalString()
  }

  @Test(arguments: sentences)
  func d3_d4_e1_e2_e3_e4_e5_e8_e10_e16_aSentenceTeachesOneThing(message: String, lesson: Lesson) {
    #expect(lessons(body(message)) == [lesson])
    #expect(lessons(JSONValue.object(["error": .string(message)]).canonicalString()) == [lesson])
    #expect(lessons(body(message), status: 401).isEmpty)
    #expect(lessons(body(message), status: 429).isEmpty)
  }

  @Test(arguments: choices)
  func e6_e7_whatIsRefusedOfToolChoiceIsWhatWasSent(message: String, sent: String, lesson: Lesson) {
    let choice: ChatRequest.ToolChoice =
      switch sent {
      case "required": .required
      case "none": .none
      default: .tool(sent)
      }
    #expect(lessons(body(message), choice: choice) == [lesson])
    #expect(lessons(body(message)).isEmpty)
  }

  @Test func e3_contentThatWasRefusedEmptyIsTriedAsNull() {
    var quirks = ProviderQuirks()
    quirks.messageStyle.emptyContent = .emptyString
    let message = body("messages: text content blocks must be non-empty")
    #expect(lessons(message, quirks: quirks) == [.emptyContent(.null)])
  }

  /// Sentences that name a parameter and refuse something else.
  @Test(arguments: [
    "max_tokens is too large: 6000. This model supports at most 4096 completion tokens, whereas you provided 6000.",
    "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    "max_tokens and max_completion_tokens cannot both be set.",
    "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
    "Value error, When using `tool_choice`, `tools` must be set.",
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    "Invalid schema for function 'set_max_tokens': 'stream_options' is not of type 'object'.",
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (max_tokens 1000).",
    "Unknown parameter: 'reasoning_effort'.",
    "The model `developer` does not exist", "",
  ])
  func aParameterThatIsOnlyMentionedIsNotRefused(message: String) {
    #expect(lessons(body(message), choice: .required).isEmpty)
  }

  @Test func severalRefusalsAreLearnedAtOnce() {
    let detail = #"""
      {"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{}},
      {"type":"extra_forbidden","loc":["body","parallel_tool_calls"],"msg":"Extra inputs are not permitted","input":false}]}
      """#
    #expect(lessons(detail, status: 422) == [.noStreamOptions, .noParallelToolCalls])
    let mistral = #"{"object":"error","message":"# + detail + #","type":"invalid_request_error"}"#
    #expect(lessons(mistral, status: 422) == [.noStreamOptions, .noParallelToolCalls])
    let listed = body("Unrecognized request arguments supplied: parallel_tool_calls, stream_options")
    #expect(lessons(listed) == [.noStreamOptions, .noParallelToolCalls])
  }

  @Test func theParameterBesideTheMessageCountsWhereTheCodeSaysThatItIsUnknown() {
    #expect(lessons(body("Bad request", param: "stream_options", code: "unknown_parameter")) == [.noStreamOptions])
    #expect(lessons(body("Bad request", param: "stream_options", code: "invalid_value")).isEmpty)
  }

  @Test func whatTheProviderBehindARouterSaidIsRead() {
    let routed = #"""
      {"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"object\":\"error\",\"message\":\"Unexpected role 'user' after role 'tool'\",\"code\":\"3230\"}","provider_name":"Mistral"}}}
      """#
    #expect(lessons(routed) == [.noUserAfterTool])
    let error = APIError(status: 400, body: Array(routed.utf8))
    #expect(error.message == "Provider returned error: Unexpected role 'user' after role 'tool'")
  }

  @Test(arguments: ["Jinja Exception: System message must be at the beginning."])
  func aTemplateThatFailsTeachesToo(message: String) {
    #expect(lessons(body(message), status: 500) == [.oneSystemMessage])
    #expect(lessons(body("stream_options is not supported"), status: 500).isEmpty)
  }
}
