import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// Images that go to the model with a task.
@Suite struct AttachmentTests {
  private static let photo = ContentPart.image(url: "data:image/png;base64,iVBORw0KGgo=")

  private func agent(_ server: LoopbackServer) throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      prompt: Look.
      providers: {local: {base_url: "\(server.baseURL)/v1"}}
      tools: [{name: add, description: Adds, parameters: {type: object}}]
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": RecordingTool { _ in "3" }]
    return try Agent(contentsOf: file, settings: settings)
  }

  private func messages(_ request: RecordedRequest) throws -> [JSONValue] {
    try JSONValue(parsing: request.body)["messages"]?.arrayValue ?? []
  }

  @Test func anImageGoesWithTheTaskAndStaysInTheConversation() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", "{}")]), .chatStream("A cat."), .chatStream("Black."),
    ])
    let session = AgentSession(try agent(server))
    let reply = try await session.respond(to: "What is this?", attachments: [Self.photo])
    #expect(reply.output == "A cat.")
    try await session.respond(to: "Which color?")

    let shown: JSONValue = [
      "role": "user",
      "content": [
        ["type": "text", "text": "What is this?"],
        ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgo="]],
      ],
    ]
    for request in server.requests { #expect(try messages(request).first == shown) }
    #expect(try messages(server.requests[2]).last == ["role": "user", "content": "Which color?"])
    // A turn adds bytes at the end and changes none before.
    let bodies = server.requests.map { String($0.text.dropLast(2)) }
    #expect(bodies[1].hasPrefix(bodies[0]))
    let transcript = await session.transcript
    #expect(transcript.entries.first == .user("What is this?", attachments: [Self.photo]))
  }

  @Test func thePromptOfTheFileAndAStreamTakeAttachmentsToo() async throws {
    let server = try LoopbackServer { _ in .chatStream("A cat.") }
    let agent = try agent(server)
    try await agent.run(attachments: [Self.photo, .image(url: "https://example.com/2.jpg")])
    for try await _ in AgentSession(agent).streamResponse(to: "", attachments: [Self.photo]) {}
    let contents = try server.requests.compactMap { try messages($0)[0]["content"]?.arrayValue }
    #expect(
      contents.map { $0.compactMap { $0["type"]?.stringValue } } == [
        ["text", "image_url", "image_url"], ["image_url"],
      ])
    #expect(contents[0][0]["text"] == "Look.")
  }

  @Test(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of schemas"))
  func aRequestWithAttachmentsSatisfiesTheSchema() async throws {
    let server = try LoopbackServer { _ in .chatStream("A cat.") }
    try await agent(server).run("What is this?", attachments: [Self.photo, .file(id: "file-1")])
    let body = try JSONValue(parsing: server.requests[0].body)
    let violations = try Recording.requestSchema().violations(in: body)
    #expect(violations.isEmpty, "\(violations)")
  }

  @Test func theEmbeddedModelLooksAtTheTextOnly() async throws {
    let agent = Agent(
      name: "a", model: ScriptedModel(rules: []), limits: RunLimits())
    #expect(agent.firstRequest(for: "x", attachments: [Self.photo]) == nil)
    let weather = try Agent(contentsOf: Program.package + "/agents/weather.yaml")
    let plain = try await weather.run("weather in Oslo")
    let shown = try await weather.run("weather in Oslo", attachments: [Self.photo])
    #expect(shown.output == plain.output)
    #expect(shown.usage == plain.usage)
  }

  @Test func b14AnImageIsEstimatedAsAThousandTokensHoweverLargeItIs() async throws {
    let silent = ScriptedResponse.json(#"{"choices":[{"message":{"content":"A cat."},"finish_reason":"stop"}]}"#)
    let server = try LoopbackServer { _ in silent }
    let large = ContentPart.image(url: "data:image/png;base64," + String(repeating: "A", count: 4_000_000))
    let usage = try #require(try await agent(server).run("What is this?", attachments: [large]).usage)
    #expect(usage.isEstimated)
    #expect((1_000..<1_200).contains(usage.promptTokens), "\(usage.promptTokens)")
  }
}
