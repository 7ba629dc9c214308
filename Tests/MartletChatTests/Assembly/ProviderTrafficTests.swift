import FoundationEssentials
import MartletHTTP
import MartletJSON
import ProgramSupport
import Testing

@testable import MartletChat

extension Recording {
  /// What the recording comes to, its body cut into these pieces.
  func decoded(_ pieces: [[UInt8]]) -> Result<Assembled, APIError> {
    Result { () throws(APIError) in
      guard status == 200 else { throw APIError(status: status, body: Array(pieces.joined())) }
      return try decode(pieces, contentType: contentType)
    }
  }
}

@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of recorded replies"))
struct ProviderTrafficTests {
  @Test func allRecordingsAreThere() {
    #expect(Recording.all.count == 142)
  }

  @Test(arguments: Recording.all.filter { $0.status == 200 })
  func aRecordedReplyIsReadWhole(recording: Recording) throws {
    guard case .success(let assembled) = recording.decoded([recording.body]) else {
      // The one stream that ends in an error of its server.
      #expect(recording.name.hasSuffix("tool_use_failed_error_streaming/01"))
      guard case .failure(let error) = recording.decoded([recording.body]) else { return }
      #expect(error.code == .malformedToolCall)
      #expect(error.statusCode == 400)
      #expect(error.failedGeneration?.contains("invalid_param") == true)
      return
    }
    let expected = recording.expected
    #expect(assembled.reply.text ?? "" == expected.text)
    #expect(assembled.calls.map(\.name) == expected.names)
    #expect(assembled.calls.map(\.arguments) == expected.arguments.sorted { $0.key < $1.key }.map(\.value))
    #expect(assembled.calls.allSatisfy { $0.defect == nil && !$0.id.isEmpty })
    #expect(assembled.reply.usage.promptTokens == expected.promptTokens || assembled.reply.usage.isEstimated)
    #expect(assembled.reply.rawFinishReason == expected.finishReason)
    #expect(text(of: assembled.deltas) == expected.text)
  }

  @Test(arguments: Recording.all.filter { $0.status != 200 })
  func aRecordedRefusalIsAnErrorThatSaysWhy(recording: Recording) throws {
    guard case .failure(let error) = recording.decoded([recording.body]) else {
      Issue.record("a reply came of a refusal")
      return
    }
    #expect(error.statusCode == recording.status)
    let value = try JSONValue(parsing: recording.body)
    #expect(error.message == value["error"]?["message"]?.stringValue)
    #expect(error.isRetryable == (error.code == .malformedToolCall))
  }

  @Test(arguments: Recording.all)
  func splitsOfTheBytesChangeNothing(recording: Recording) {
    let whole = recording.decoded([recording.body])
    for longest in [1, 40, 4_000] {
      let pieces = recording.pieces(longest: longest, seed: UInt64(recording.body.count))
      let cut = recording.decoded(pieces)
      #expect((try? cut.get().reply) == (try? whole.get().reply))
      #expect((try? cut.get().deltas) == (try? whole.get().deltas))
    }
  }
}

@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of schemas"))
struct RequestSchemaTests {
  @Test func requestsSatisfyTheSchemaOfChatCompletions() throws {
    let schema = try Recording.requestSchema()
    var second = ChatRequest(model: "m")
    second.messages = [
      .system("S"), .user("U"), .assistant(nil, toolCalls: [.init(id: "a", name: "f", arguments: "")]),
      .tool(callID: "a", "1"), .assistant("done"),
    ]
    second.responseFormat = .jsonObject
    second.toolChoice = .required
    second.tools = [ChatTool(name: "f", parameters: ["type": "object"])]
    for request in [RequestTests.full, second, ChatRequest(model: "m", messages: [.user("U")])] {
      var encoder = HistoryEncoder()
      let body = RequestHead(request).body(encoder.encode(request.messages))
      let violations = schema.violations(in: try JSONValue(parsing: Array(body.joined())))
      #expect(violations.isEmpty, "\(violations)")
    }
  }
}
