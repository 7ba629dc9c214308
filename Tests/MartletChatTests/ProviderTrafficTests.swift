import FoundationEssentials
import MartletHTTP
import MartletJSON
import Testing

@testable import MartletChat

/// One recorded exchange with a real server.
struct Recording: CustomTestStringConvertible, Sendable {
  let name: String
  let status: Int
  let body: [UInt8]
  let contentType: String?
  let isStream: Bool

  var testDescription: String { name }

  static let folder = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map { $0 + "/provider-traffic" }

  /// All exchanges in the order of their names.
  static let all: [Recording] = {
    guard let folder, let cases = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
    return cases.sorted().flatMap { name -> [Recording] in
      let exchanges = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []
      return exchanges.sorted().compactMap { read("\(folder)/\(name)/\($0)", as: "\(name)/\($0)") }
    }
  }()

  private static func read(_ path: String, as name: String) -> Recording? {
    func bytes(_ file: String) -> [UInt8]? { FileManager.default.contents(atPath: "\(path)/\(file)").map(Array.init) }
    guard let status = bytes("status").flatMap({ Int(String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self)) }) else {
      return nil
    }
    let stream = bytes("response.sse")
    guard let body = stream ?? bytes("response.json") ?? bytes("response.txt") else { return nil }
    let headers = bytes("headers.json").flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? []
    let contentType = headers.first { $0[0]?.stringValue?.lowercased() == "content-type" }?[1]?.stringValue
    return Recording(name: name, status: status, body: body, contentType: contentType, isStream: stream != nil)
  }

  /// What the recording comes to, its body cut into these pieces.
  func decoded(_ pieces: [[UInt8]]) -> Result<Assembled, APIError> {
    Result { () throws(APIError) in
      guard status == 200 else { throw APIError(status: status, body: Array(pieces.joined())) }
      return try decode(pieces, contentType: contentType)
    }
  }

  /// The parts of the recording that a plain reading of the specification gives.
  var expected: Expected {
    var events: [JSONValue] = []
    if isStream {
      for line in String(decoding: body, as: UTF8.self).split(separator: "\n") where line.hasPrefix("data:") {
        if let value = try? JSONValue(parsing: String(line.dropFirst(5).trimmingPrefix(" "))) { events.append(value) }
      }
    } else if let value = try? JSONValue(parsing: body) {
      events = [value]
    }
    return Expected(events)
  }
}

/// A reading of chunks that knows no tolerance.
struct Expected {
  var text = ""
  var names: [String] = []
  var arguments: [Int: String] = [:]
  var promptTokens = 0
  var finishReason: String?

  init(_ events: [JSONValue]) {
    for event in events {
      promptTokens = event["usage"]?["prompt_tokens"]?.intValue ?? promptTokens
      for choice in event["choices"]?.arrayValue ?? [] where choice["index"]?.intValue ?? 0 == 0 {
        finishReason = choice["finish_reason"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? finishReason
        let delta = choice["delta"] ?? choice["message"] ?? .null
        text += delta["content"]?.stringValue ?? ""
        for part in delta["content"]?.arrayValue ?? [] { text += part["text"]?.stringValue ?? "" }
        for (position, call) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
          if let name = call["function"]?["name"]?.stringValue { names.append(name) }
          arguments[call["index"]?.intValue ?? position, default: ""] +=
            call["function"]?["arguments"]?.stringValue ?? ""
        }
      }
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
    var generator = SeededGenerator(seed: UInt64(recording.body.count))
    for round in 0..<3 {
      let longest = [1, 40, 4_000][round]
      var pieces: [[UInt8]] = []
      var position = 0
      while position < recording.body.count {
        let end = min(position + Int.random(in: 1...longest, using: &generator), recording.body.count)
        pieces.append(Array(recording.body[position..<end]))
        position = end
      }
      let cut = recording.decoded(pieces)
      #expect((try? cut.get().reply) == (try? whole.get().reply))
      #expect((try? cut.get().deltas) == (try? whole.get().deltas))
    }
  }
}

@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of schemas"))
struct RequestSchemaTests {
  private func schema() throws -> JSONSchema {
    let folder = try #require(ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"]) + "/openai-chat-schema"
    let bytes = try #require(FileManager.default.contents(atPath: folder + "/openai-chat.nullable.schema.json"))
    var document = try #require(JSONValue(parsing: Array(bytes)).objectValue)
    document["$ref"] = "#/$defs/CreateChatCompletionRequest"
    return try JSONSchema(.object(document))
  }

  @Test func requestsSatisfyTheSchemaOfChatCompletions() throws {
    let schema = try schema()
    var second = ChatRequest(model: "m")
    second.messages = [
      .system("S"), .user("U"), .assistant(nil, toolCalls: [.init(id: "a", name: "f", arguments: "")]),
      .tool(callID: "a", "1"), .assistant("done"),
    ]
    second.responseFormat = .jsonObject
    second.toolChoice = .required
    second.tools = [ChatTool(name: "f", parameters: ["type": "object"])]
    for request in [RequestTests.full, second, ChatRequest(model: "m", messages: [.user("U")])] {
      let body = RequestHead(request).body([EncodedMessages(request.messages).bytes])
      let violations = schema.violations(in: try JSONValue(parsing: Array(body.joined())))
      #expect(violations.isEmpty, "\(violations)")
    }
  }
}
