import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// Recorded replies of real servers, sent over real sockets to an agent whose tools they call.
@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of recorded replies"))
struct TrafficReplayTests {
  private static let requestSchema = Result { try Recording.requestSchema() }

  /// A server that answers with these bytes until a result comes back, and then ends the conversation.
  private func server(
    _ recording: Recording, pieces: [[UInt8]], fault: ScriptedResponse.Fault? = nil
  ) throws -> LoopbackServer {
    try LoopbackServer { request in
      if request.text.contains(#""role":"tool""#) { return .chat("done") }
      return ScriptedResponse(
        status: recording.status, headers: recording.contentType.map { [("Content-Type", $0)] } ?? [],
        pieces: pieces.map { .bytes($0) }, framing: .chunked, fault: fault)
    }
  }

  private func run(
    _ recording: Recording, pieces: [[UInt8]], fault: ScriptedResponse.Fault? = nil
  ) async throws -> (result: RunResult, requests: Int) {
    let server = try server(recording, pieces: pieces, fault: fault)
    let client = ChatClient(provider: .custom(name: "replay", baseURL: server.baseURL), apiKey: Secret("none")) { _ in
      nil
    }
    var spec = try ModelSpec("replay/m")
    spec.streams = recording.isStream
    var seen: Set<String> = []
    let tools = try recording.expected.names.filter { seen.insert($0).inserted }.map { name in
      ToolRegistry.Tool(specification: try .named(name), executor: RecordingTool())
    }
    let agent = Agent(name: "replay", model: ChatModel(client: client, spec: spec), tools: ToolRegistry(tools))
    let result = await AgentSession(agent, clock: .instant()).perform("go")
    let schema = try Self.requestSchema.get()
    for request in server.requests { #expect(schema.violations(in: try JSONValue(parsing: request.text)) == []) }
    return (result, server.requests.count)
  }

  @Test(arguments: Recording.all, [1, 60, 5_000])
  func theRightCallsAreDispatchedAndTheRightTextComesOut(recording: Recording, longest: Int) async throws {
    // One byte at a time is for short ones: each is a write of its own.
    if longest == 1, recording.body.count > 6_000 { return }
    let pieces = recording.pieces(longest: longest, seed: UInt64(recording.body.count + longest))
    let (result, requests) = try await run(recording, pieces: pieces)
    let expected = recording.expected
    if recording.status != 200 || recording.name.hasSuffix("tool_use_failed_error_streaming/01") {
      let isTooLong = result.error?.code == "context_length_exceeded"
      #expect(isTooLong ? result.outcome == .limit : [.modelError, .rateLimited].contains(result.outcome))
      #expect(result.error?.status == (recording.status == 200 ? 400 : recording.status))
      #expect(result.toolCalls.isEmpty)
      return
    }
    switch (expected.finishReason, expected.names.isEmpty) {
    case ("length", _), ("content_filter", _):
      #expect(result.outcome == .incomplete)
      #expect(result.toolCalls.isEmpty)
    case (_, true) where expected.text.isEmpty:
      // Nothing but thinking: asked for once more, and then said.
      #expect(result.outcome == .modelError)
      #expect(result.error?.code == .emptyReply)
      #expect(requests == 2)
    case (_, true):
      #expect(result.outcome == .completed)
      #expect(result.output == expected.text)
      #expect(requests == 1)
    case (_, false):
      #expect(result.outcome == .completed)
      #expect(result.output == "done")
      #expect(result.toolCalls.map(\.name) == expected.names)
      let arguments = expected.arguments.sorted { $0.key < $1.key }.map(\.value)
      #expect(
        result.toolCalls.map(\.arguments) == (try arguments.map { try JSONValue(parsing: $0.isEmpty ? "{}" : $0) }))
      #expect(result.toolCalls.allSatisfy { !$0.isError })
      #expect(requests == 2)
    }
  }

  @Test(arguments: Recording.all.filter { $0.isStream && !$0.expected.names.isEmpty }, [true, false])
  func nothingThatWasCutIsExecuted(recording: Recording, isReset: Bool) async throws {
    let expected = recording.expected
    let whole = try expected.arguments.sorted { $0.key < $1.key }.map { try JSONValue(parsing: $0.value) }
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<12 {
      let cut = Int.random(in: 0..<recording.body.count, using: &generator)
      let (result, _) = try await run(
        recording, pieces: [Array(recording.body.prefix(cut))], fault: isReset ? .reset(.end) : nil)
      if result.outcome == .completed {
        // The cut was behind the mark of the end: all of it, or text alone.
        #expect(result.toolCalls.isEmpty || result.toolCalls.map(\.arguments) == whole)
      } else {
        #expect(result.outcome == .modelError)
        #expect(result.toolCalls.isEmpty)
      }
    }
  }
}
