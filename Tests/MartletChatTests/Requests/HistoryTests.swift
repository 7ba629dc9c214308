import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// Conversations that a user of the client gives, as providers want them, and what refusals teach the whole client.
@Suite struct HistoryTests {
  private func wire(_ messages: [ChatMessage], _ change: (inout ProviderQuirks) -> Void = { _ in }) throws
    -> [JSONValue]
  {
    var quirks = ProviderQuirks()
    change(&quirks)
    var encoder = HistoryEncoder(quirks)
    return try encoder.encode(messages).map { try JSONValue(parsing: String(decoding: $0, as: UTF8.self)) }
  }

  private func calls(_ ids: String...) -> ChatMessage {
    .assistant(nil, toolCalls: ids.map { .init(id: $0, name: "f", arguments: "{}") })
  }

  private func roles(_ messages: [JSONValue]) -> [String] { messages.compactMap { $0["role"]?.stringValue } }

  @Test func e1_identifiersAreTheSameInACallAndItsResultAndNeverTwice() throws {
    let messages = try wire([
      .user("U"), calls("call00001", "x", "y"), .tool(callID: "call00001", "1"), .tool(callID: "x", "2"),
      .tool(callID: "y", "3"), calls("x", "abcdefgh9", "call00001"), .tool(callID: "x", "4"),
      .tool(callID: "abcdefgh9", "5"), .tool(callID: "call00001", "6"),
    ]) { $0.callIDs = .nineAlphanumeric }
    let sent = [1, 5].flatMap { messages[$0]["tool_calls"]?.arrayValue ?? [] }.compactMap { $0["id"]?.stringValue }
    let answered = messages.compactMap { $0["tool_call_id"]?.stringValue }
    #expect(sent == answered)
    #expect(Set(sent).count == 6)
    #expect(sent.allSatisfy { $0.utf8.count == 9 })
    #expect(sent[0] == "call00001")
    #expect(sent[4] == "abcdefgh9")
    // Without the quirk they stay as they are.
    #expect(try wire([calls("x"), .tool(callID: "x", "1")])[1]["tool_call_id"] == "x")
  }

  @Test func e2_nothingStandsBetweenAnotherRoleAndTheUser() throws {
    let messages: [ChatMessage] = [.user("U"), calls("a"), .tool(callID: "a", "1"), .user("V"), .user("W")]
    #expect(
      roles(try wire(messages) { $0.acceptsUserAfterTool = false }) == [
        "user", "assistant", "tool", "assistant", "user", "user",
      ])
    #expect(roles(try wire(messages)) == ["user", "assistant", "tool", "user", "user"])
  }

  @Test func e8_theDeveloperIsTheSystemWhereThereIsNone() throws {
    #expect(roles(try wire([.developer("D"), .user("U")])) == ["developer", "user"])
    #expect(
      roles(try wire([.developer("D"), .user("U")]) { $0.messageStyle.acceptsDeveloperRole = false }) == [
        "system", "user",
      ])
  }

  @Test func e10_systemMessagesBecomeOneAtTheBeginning() throws {
    let messages: [ChatMessage] = [.user("U"), .system("A"), .assistant("B"), .system("C")]
    let one = try wire(messages) { $0.acceptsSeveralSystemMessages = false }
    #expect(roles(one) == ["system", "user", "assistant"])
    #expect(one[0]["content"] == "A\n\nC")
    #expect(roles(try wire(messages)) == ["user", "system", "assistant", "system"])
  }

  @Test func e11_whatAResultShowsBesideTextFollowsInAMessageOfTheUser() throws {
    var result = ChatMessage.tool(callID: "a", "")
    result.parts = ["one", .image(url: "https://h/i.png"), "two"]
    let messages = try wire([calls("a", "b"), result, .tool(callID: "b", "3"), .assistant("ok")])
    #expect(roles(messages) == ["assistant", "tool", "tool", "user", "assistant"])
    #expect(messages[1]["content"] == "one\ntwo")
    #expect(messages[3]["content"]?[1]?["image_url"]?["url"] == "https://h/i.png")
  }

  @Test func e19_resultsAreMovedToTheirCallsAndMissingOnesAreSaid() throws {
    let messages = try wire([
      .user("U"), calls("a", "b", "c"), .tool(callID: "c", "3"), .user("wait"), .tool(callID: "a", "1"),
    ])
    #expect(roles(messages) == ["user", "assistant", "tool", "tool", "tool", "user"])
    #expect(messages.compactMap { $0["tool_call_id"]?.stringValue } == ["a", "b", "c"])
    #expect(messages[3]["content"] == .string(HistoryText.missingResult))
    #expect(messages[4]["content"] == "3")
  }

  @Test func e19_aCallAtTheEndWithoutAResultGetsOne() throws {
    #expect(roles(try wire([.user("U"), calls("a")])) == ["user", "assistant", "tool"])
  }

  @Test func e19_theSameIdentifierTwiceIsTwoCallsInTheirOrder() throws {
    let messages = try wire([calls("a", "a"), .tool(callID: "a", "1"), .tool(callID: "a", "2")])
    #expect(messages.dropFirst().map { $0["content"] } == ["1", "2"])
  }

  @Test func e19_whatHasNoPlaceIsLeftToTheServer() throws {
    let messages: [ChatMessage] = [.user("U"), .tool(callID: "gone", "1"), .assistant("ok")]
    #expect(roles(try wire(messages)) == ["user", "tool", "assistant"])
  }

  @Test func aLessonOfOneRequestHoldsForAllOfItsClient() async throws {
    let refused = SharedLock(0)
    let server = try LoopbackServer { request in
      guard request.text.contains("max_completion_tokens") else { return .answer }
      refused.withLock { $0 += 1 }
      return .chatError(status: 422, message: "max_completion_tokens: Extra inputs are not permitted")
    }
    let client = client(server)
    let copy = client
    func ask() async throws(APIError) -> ChatCompletion {
      try await copy.chat.completions.create(model: "m", messages: [.user("U")], maxCompletionTokens: 7)
    }
    _ = try await ask()
    #expect(refused.withLock { $0 } == 1)
    let requests = (0..<20).map { _ in ChatRequest(model: "m", messages: [.user("U")], maxCompletionTokens: 7) }
    let results = await client.chat.completions.batch(requests)
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    for try await _ in client.chat.completions.stream(requests[0]) {}
    _ = try await ask()
    #expect(refused.withLock { $0 } == 1)
    #expect(server.requests.last?.text.contains(#""max_tokens":7"#) == true)
    // Another model may be served by another server.
    _ = try await client.chat.completions.create(model: "n", messages: [.user("U")], maxCompletionTokens: 7)
    #expect(refused.withLock { $0 } == 2)
  }

  @Test func manyRequestsAtOnceLearnTheSameAndNoneIsLost() async throws {
    let server = try LoopbackServer { request in
      let text = request.text
      if text.contains("parallel_tool_calls") {
        return .chatError(status: 400, message: "Unknown parameter: 'parallel_tool_calls'.")
      }
      if text.contains(#""max_tokens""#) {
        return .chatError(status: 400, message: "Unsupported parameter: 'max_tokens' is not supported with this model.")
      }
      if text.contains(#""content":null"#) {
        return .chatError(status: 400, message: "Invalid value for 'content': expected a string, got null.")
      }
      return .answer
    }
    let client = client(server)
    let tool = ChatTool(name: "f", parameters: ["type": "object", "properties": [:]])
    let request = ChatRequest(
      model: "m", messages: [.user("U"), calls("a"), .tool(callID: "a", "1")], maxTokens: 7, tools: [tool],
      parallelToolCalls: false)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<32 {
        group.addTask { (try? await client.chat.completions.create(request)) != nil }
      }
      for await isAnswered in group { #expect(isAnswered) }
    }
    let before = server.requests.count
    _ = try await client.chat.completions.create(request)
    #expect(server.requests.count == before + 1)
  }

  @Test func aRefusalOfWhatWasNotSentIsTheAnswer() async throws {
    let server = try LoopbackServer { _ in .chatError(status: 400, message: "Unknown parameter: 'stream_options'.") }
    let client = client(server)
    let error = await failure { () async throws(APIError) in
      _ = try await client.chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.code == .badRequest)
    #expect(server.requests.count == 1)
  }

  @Test func theSwiftUserOfAServerWithoutToolChoiceIsHeardInWords() async throws {
    let server = try LoopbackServer { _ in .answer }
    var provider = Provider.custom(name: "x", baseURL: server.baseURL)
    provider.quirks.keepsRequiredToolChoice = false
    let client = ChatClient(provider: provider, apiKey: Secret("")) { _ in nil }
    let tool = ChatTool(name: "f", parameters: ["type": "object", "properties": [:]])
    _ = try await client.chat.completions.create(
      model: "m", messages: [.user("U")], tools: [tool], toolChoice: .required)
    let body = try JSONValue(parsing: server.requests[0].text)
    #expect(body["tool_choice"] == nil)
    #expect(body["messages"]?[0]?["content"] == .string("U\n\n" + ToolChoiceText.anyTool))
  }
}
