import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// The models of a provider, over real sockets.
@Suite struct ModelListTests {
  private let list = ScriptedResponse.json(
    #"{"object":"list","data":[{"id":"llama-3.2-1b","object":"model","created":1706554800,"owned_by":"meta"},"#
      + #"{"id":"llava-1.6","object":"model","max_model_len":4096}]}"#)

  @Test func theModelsAreListed() async throws {
    let server = try LoopbackServer(replies: [list])
    let models = try await client(server).models.list()
    #expect(models.map(\.id) == ["llama-3.2-1b", "llava-1.6"])
    #expect(models.map(\.created) == [1_706_554_800, nil])
    #expect(models.map(\.ownedBy) == ["meta", nil])
    #expect(models[1].raw["max_model_len"] == 4_096)
    let request = server.requests[0]
    #expect(request.method == "GET")
    #expect(request.path == "/v1/models")
    #expect(request.header("authorization") == "Bearer sk-canary")
    #expect(request.header("content-type") == nil)
    #expect(request.body.isEmpty)
  }

  @Test(arguments: [#"[{"id":"a"},{"name":"b"}]"#, #"{"models":[{"name":"a"},{"name":"b"}]}"#])
  func otherShapesOfTheListAreRead(body: String) async throws {
    let server = try LoopbackServer(replies: [.json(body)])
    #expect(try await client(server).models.list().map(\.id) == ["a", "b"])
  }

  @Test func anEmptyListIsAList() async throws {
    let server = try LoopbackServer(replies: [.json(#"{"data":[]}"#)])
    #expect(try await client(server).models.list().isEmpty)
  }

  @Test func aFailureThatMayPassIsTriedAgain() async throws {
    let busy = ScriptedResponse.json(#"{"error":"busy"}"#, status: 503, headers: [("Retry-After", "2")])
    let server = try LoopbackServer(replies: [busy, list])
    let waits = Waits()
    #expect(try await client(server, waits: waits).models.list().count == 2)
    #expect(await waits.durations == [.seconds(2)])
  }

  @Test(arguments: [
    (ScriptedResponse.json(#"{"error":{"message":"bad key sk-canary"}}"#, status: 401), APIError.Code.authentication),
    (.json(#"{"error":{"message":"sk-canary"}}"#, status: 404), .notFound), (.json("<html>"), .invalidReply),
    (.json(#"{"data":[1]}"#), .invalidReply), (.json(#"{"error":{"message":"m","code":403}}"#), .permission),
  ])
  func whatIsNoListIsAnError(response: ScriptedResponse, code: APIError.Code) async throws {
    let server = try LoopbackServer { _ in response }
    let error = await failure { () async throws(APIError) in _ = try await client(server).models.list() }
    #expect(error?.code == code)
    #expect(error?.message.contains("canary") == false)
  }
}
