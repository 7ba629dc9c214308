import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What a conversation keeps of itself, so that it can be spelled anew when a server turns out to want that.
@Suite struct ChatHistoryTests {
  /// The replies of a conversation of two tasks, by the number of the model's messages before them.
  private static let replies: [JSONValue] = [
    [
      "role": "assistant", "content": .null, "reasoning_content": "Hm.",
      "tool_calls": [
        [
          "id": "call_a_long_identifier", "type": "function",
          "function": ["name": "look", "arguments": #"{"at": 1}"#],
          "extra_content": ["google": ["thought_signature": "c2ln"]],
        ],
        ["id": "call_another_identifier", "type": "function", "function": ["name": "look", "arguments": "{}"]],
      ],
    ],
    ["role": "assistant", "content": "<think>So.</think>It is a dot.", "reasoning_content": "Done."],
    [
      "role": "assistant", "content": "Once more.",
      "tool_calls": [
        ["id": "call_a_third_identifier", "type": "function", "function": ["name": "look", "arguments": "{broken"]]
      ],
    ],
    ["role": "assistant", "content": "Still a dot."],
  ]

  /// Answers as above; from the last reply on it refuses long identifiers.
  private static func server() throws -> LoopbackServer {
    try LoopbackServer { request in
      let messages = (try? JSONValue(parsing: request.text))?["messages"]?.arrayValue ?? []
      let turn = messages.count { $0["role"] == "assistant" }
      let isLong = messages.contains { $0["tool_call_id"]?.stringValue?.utf8.count ?? 0 > 9 }
      if turn == 3, isLong {
        return .chatError(
          status: 400,
          message: "Tool call id was call_a_third_identifier but must be a-z, A-Z, 0-9, with a length of 9.")
      }
      let reply: JSONValue = [
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [["index": 0, "message": replies[min(turn, replies.count - 1)], "finish_reason": "stop"]],
      ]
      return .json(reply.canonicalString())
    }
  }

  @Test(arguments: ["{}", "{reasoning: required}"])
  func aConversationThatIsSpelledAnewIsSpelledAsOneThatBeganSo(quirks: String) async throws {
    let server = try Self.server()
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: {provider: local, name: m, stream: false}
      instructions: Be brief.
      providers: {local: {base_url: "\(server.baseURL)/v1", quirks: \(quirks)}}
      tools:
        - {name: look, description: Looks, parameters: {type: object, properties: {at: {type: integer}}}}
      """)
    var settings = AgentSettings()
    settings.handlers = ["look": RecordingTool { _ in "a dot" }]
    let agent = try Agent(contentsOf: file, settings: settings)
    let image = ContentPart.image(url: "https://example.com/dot.png")
    for _ in 1...2 {
      let session = AgentSession(agent, clock: .instant())
      #expect(await session.perform("What is it?", attachments: [image]).outcome == .completed)
      let result = await session.perform("Sure?")
      #expect(result.outcome == .completed, "\(result.error?.message ?? "")")
      #expect(result.output == "Still a dot.")
    }
    let bodies = server.requests.map(\.text)
    // Four each, and the one that was refused.
    try #require(bodies.count == 9)
    #expect(bodies[3].contains("call_a_third_identifier"))
    #expect(!bodies[4].contains("_identifier"))
    #expect(bodies[4].contains("https://example.com/dot.png"))
    #expect(bodies[4].contains("thought_signature"))
    #expect(bodies[8] == bodies[4])
  }
}
