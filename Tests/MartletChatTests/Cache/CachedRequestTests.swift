import FoundationEssentials
import MartletHTTP
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// Requests with `cache: true`, over real sockets and a real folder.
@Suite struct CachedRequestTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func cachingClient(_ server: LoopbackServer, folder: String? = nil) -> ChatClient {
    var client = client(server)
    client.cache = ResponseCache(folder: folder ?? self.folder.path + "/cache")
    return client
  }

  private func entries() throws -> Int { try ResponseCache(folder: folder.path + "/cache").statistics().entries }

  private let messages: [ChatMessage] = [.system("S"), .user("What is AI?")]

  @Test func theSecondAnswerComesFromTheCache() async throws {
    let server = try LoopbackServer(replies: [.answer])
    let client = cachingClient(server)
    let first = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    let second = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    #expect(!first.cached)
    #expect(second.cached)
    #expect(second.choices == first.choices)
    #expect(second.usage.totalTokens == 60)
    #expect(second.usage.cost == 0, "giving it again costs nothing")
    #expect(first.usage.cost == nil)
    #expect(second.id == first.id)
    #expect(second.raw == first.raw)
    #expect(second.requestID == nil)
    #expect(server.requests.count == 1)
  }

  @Test func withoutAskingForItNothingIsKeptOrGiven() async throws {
    let server = try LoopbackServer { _ in .answer }
    let client = cachingClient(server)
    _ = try await client.chat.completions.create(model: "m", messages: messages)
    #expect(try entries() == 0)
    _ = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    let third = try await client.chat.completions.create(model: "m", messages: messages)
    #expect(!third.cached)
    #expect(server.requests.count == 3)
    #expect(!server.requests[1].text.contains("cache"))
  }

  @Test func aStreamIsGivenAsAStream() async throws {
    let server = try LoopbackServer(replies: [.streamedAnswer])
    let client = cachingClient(server)
    var streams: [[ChatCompletionChunk]] = []
    for _ in 0..<2 {
      var chunks: [ChatCompletionChunk] = []
      for try await chunk in client.chat.completions.stream(model: "m", messages: messages, cache: true) {
        chunks.append(chunk)
      }
      streams.append(chunks)
    }
    #expect(streams[1].compactMap { $0.choices.first?.delta.content } == ["He", "y"])
    #expect(streams[1].map(\.choices) == streams[0].map(\.choices))
    #expect(streams.map { $0.last?.usage?.totalTokens } == [3, 3])
    #expect(streams[1].last?.choices.first?.finishReason == .stop)
    #expect(streams.map { $0.last?.completion?.cached } == [false, true])
    #expect(server.requests.count == 1)
  }

  @Test func aStreamAndAWholeAnswerShareAnEntry() async throws {
    let server = try LoopbackServer(replies: [.streamedAnswer])
    let client = cachingClient(server)
    let streamed = try await client.chat.completions.stream(model: "m", messages: messages, cache: true).collect()
    let whole = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    #expect(whole.cached)
    #expect(whole.choices == streamed.choices)
    #expect(whole.usage.totalTokens == 3)

    let other = try LoopbackServer(replies: [.answer])
    let otherClient = cachingClient(other)
    _ = try await otherClient.chat.completions.create(model: "m", messages: messages, cache: true)
    var text = ""
    let again = try await otherClient.chat.completions.stream(model: "m", messages: messages, cache: true)
      .collect { text += $0 }
    #expect(again.cached)
    #expect(text == "Hi")
    #expect(other.requests.count == 1)
  }

  @Test func aBatchTakesFromTheCacheWhatItHas() async throws {
    let server = try LoopbackServer { _ in .answer }
    let client = cachingClient(server)
    let requests = (0..<20).map { ChatRequest(model: "m", messages: [.user("\($0 % 10)")], cache: true) }
    for _ in 0..<2 {
      let results = await client.chat.completions.batch(requests)
      #expect(results.allSatisfy { (try? $0.get()) != nil })
    }
    #expect(server.requests.count <= 20)
    #expect(try entries() == 10)
  }

  @Test(arguments: ["length", "content_filter", "error", "insufficient_system_resource", "refusal"])
  func anAnswerThatIsNotWholeIsNotKept(reason: String) async throws {
    let server = try LoopbackServer { _ in .chat("text", finishReason: reason) }
    let client = cachingClient(server)
    for _ in 0..<2 {
      let response = try? await client.chat.completions.create(model: "m", messages: messages, cache: true)
      #expect(!(response?.cached ?? false))
    }
    #expect(try entries() == 0)
  }

  @Test func severalChoicesAreKeptTogetherIfAllOfThemAreWhole() async throws {
    func body(_ reason: String) -> ScriptedResponse {
      .json(
        #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"},"#
          + #"{"index":1,"message":{"content":"b"},"finish_reason":"\#(reason)"}]}"#)
    }
    let server = try LoopbackServer(replies: [body("length"), body("stop")])
    let client = cachingClient(server)
    var answers: [ChatCompletion] = []
    for _ in 0..<3 {
      answers.append(
        try await client.chat.completions.create(model: "m", messages: messages, choiceCount: 2, cache: true))
    }
    #expect(answers.map(\.cached) == [false, false, true])
    #expect(answers[2].choices == answers[1].choices)
    #expect(answers[2].choices.count == 2)
  }

  @Test func anEmptyAnswerIsNotKept() async throws {
    let server = try LoopbackServer { _ in .chat("") }
    let response = try? await cachingClient(server).chat.completions.create(model: "m", messages: messages, cache: true)
    #expect(response?.cached != true)
    #expect(try entries() == 0)
  }

  @Test func anErrorIsNotKept() async throws {
    let server = try LoopbackServer(replies: [.chatError(status: 400, message: "no"), .answer])
    let client = cachingClient(server)
    await #expect(throws: APIError.self) {
      try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    }
    let response = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    #expect(response.choices[0].message.content == "Hi")
    #expect(!response.cached)
  }

  @Test func aStreamWithoutAMarkOfItsEndIsNotKept() async throws {
    let server = try LoopbackServer { _ in .eventStream([chunk(#"{"content":"Hel"}"#)]) }
    _ = try? await cachingClient(server).chat.completions.stream(model: "m", messages: messages, cache: true).collect()
    #expect(try entries() == 0)
  }

  @Test func aStreamThatIsReadInPartIsNotKept() async throws {
    let server = try LoopbackServer { _ in .streamedAnswer }
    for try await _ in cachingClient(server).chat.completions.stream(model: "m", messages: messages, cache: true) {
      break
    }
    #expect(try entries() == 0)
  }

  @Test func aCallWithBrokenArgumentsIsNotKept() async throws {
    let broken = ScriptedResponse.chatStream(calls: [("c", "t", #"{"a":"#)])
    let server = try LoopbackServer(replies: [broken, .chatStream(calls: [("c", "t", #"{"a":1}"#)])])
    let client = cachingClient(server)
    let tools = [ChatTool(name: "t", parameters: ["type": "object"])]
    for _ in 0..<3 {
      _ = try? await client.chat.completions.stream(model: "m", messages: messages, tools: tools, cache: true).collect()
    }
    #expect(server.requests.count == 2)
    let kept = try await client.chat.completions.create(model: "m", messages: messages, tools: tools, cache: true)
    #expect(kept.cached)
    #expect(kept.choices[0].message.toolCalls?.first?.function.arguments == #"{"a":1}"#)
    #expect(kept.choices[0].finishReason == .toolCalls)
  }

  @Test func anEntryWithoutAReplyIsAMissAndIsReplaced() async throws {
    let server = try LoopbackServer { _ in .answer }
    let client = cachingClient(server)
    let request = ChatRequest(model: "m", messages: messages, cache: true)
    var encoder = HistoryEncoder(client.provider.quirks)
    let body = RequestHead(request, quirks: client.provider.quirks).body(encoder.encode(messages))
    let key = try #require(
      CacheKey(
        endpoint: client.provider.baseURL + "/chat/completions",
        headers: [HTTPHeader("Authorization", "Bearer sk-canary")], body: body))
    for text in ["<html>", #"{"error":{"message":"x"}}"#, #"{"choices":[]}"#, ""] {
      try client.cache.keep(CacheEntry(key: key, contentType: nil, body: Array(text.utf8)), for: key)
      let response = try await client.chat.completions.create(request)
      #expect(!response.cached)
      #expect(response.choices[0].message.content == "Hi")
      let again = try await client.chat.completions.create(request)
      #expect(again.cached)
    }
  }

  @Test(arguments: ["/dev/null/cache", "/proc/martlet/cache", "FILE/cache"])
  func aFolderThatCannotBeMadeFailsNoRequest(path: String) async throws {
    try folder.write("file", "")
    let server = try LoopbackServer { _ in .answer }
    let client = cachingClient(server, folder: path.replacing("FILE", with: folder.path + "/file"))
    for _ in 0..<2 {
      let response = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
      #expect(response.choices[0].message.content == "Hi")
      #expect(!response.cached)
    }
  }

  @Test func withoutAHomeNothingIsKept() async throws {
    let server = try LoopbackServer { _ in .answer }
    var client = client(server)
    client.cache = ResponseCache { _ in nil }
    let response = try await client.chat.completions.create(model: "m", messages: messages, cache: true)
    #expect(response.choices[0].message.content == "Hi")
    #expect(throws: APIError.self) { try ResponseCache { _ in nil }.statistics() }
  }
}
