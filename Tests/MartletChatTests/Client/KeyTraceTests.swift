import MartletTesting
import Testing

@testable import MartletChat

/// G10 for programs that use the client: a server that repeats the key does not bring it into an error, and nothing that
/// is printed has it.
@Suite struct KeyTraceTests {
  /// A server that repeats the key in the message, in the fields and in the headers of its refusal.
  private func echo(status: Int) throws -> LoopbackServer {
    try LoopbackServer { request in
      let key = request.header("Authorization") ?? ""
      let body =
        #"{"error":{"message":"no: \#(key)","type":"\#(key)","param":"\#(key)","code":"\#(key)"},"request_id":"\#(key)"}"#
      return .json(body, status: status, headers: [("X-Request-Id", key), ("Retry-After", "0")])
    }
  }

  private func check(_ error: (any Error)?, _ place: String = #function) {
    guard let error else { return #expect(Bool(false), "no error") }
    var dumped = ""
    dump(error, to: &dumped)
    for text in ["\(error)", String(reflecting: error), dumped] { #expect(!text.contains("canary"), "\(text)") }
  }

  @Test(arguments: [400, 401, 429, 503, 200]) func noKindOfRequestTellsIt(status: Int) async throws {
    let server = try echo(status: status)
    let client = client(server)
    let messages = [ChatMessage.user("U")]
    check(
      await failure { () async throws(APIError) in
        _ = try await client.chat.completions.create(model: "m", messages: messages)
      })
    check(
      await failure { () async throws(APIError) in
        for try await _ in client.chat.completions.stream(model: "m", messages: messages) {}
      })
    check(await failure { () async throws(APIError) in _ = try await client.models.list() })
    let results = await client.chat.completions.batch(model: "m", prompts: ["a", "b"])
    for result in results { if case .failure(let error) = result { check(error) } else { check(nil) } }
    #expect(server.requests.allSatisfy { !$0.text.contains("canary") && !$0.path.contains("canary") })
  }

  @Test func aClientThatIsPrintedDoesNotTellIt() async throws {
    let client = client(try echo(status: 400))
    // Before and after its first request.
    for _ in 0..<2 {
      var dumped = ""
      dump(client, to: &dumped)
      for text in ["\(client)", String(reflecting: client), dumped, "\(client.chat)", "\(client.chat.completions)"] {
        #expect(!text.contains("canary"), "\(text)")
      }
      _ = try? await client.chat.completions.create(model: "m", messages: [.user("U")])
    }
  }
}
