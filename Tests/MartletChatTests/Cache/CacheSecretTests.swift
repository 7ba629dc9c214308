import FoundationEssentials
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// Keys and other secrets: one user's answer is not another's, and none of them reaches the disk.
@Suite struct CacheSecretTests {
  private let folder: TemporaryFolder
  private let secret = "sk-canary-0123456789abcdef"
  private let messages: [ChatMessage] = [.system("S"), .user("What is AI?")]

  init() throws { folder = try TemporaryFolder() }

  private func client(
    _ server: LoopbackServer, key: String = "", headers: [String: String] = [:], secrets: [String] = []
  ) -> ChatClient {
    var provider = Provider.custom(name: "test", baseURL: server.baseURL, headers: headers)
    provider.headerSecrets = secrets
    var client = ChatClient(provider: provider, apiKey: Secret(key), variable: { _ in nil })
    client.cache = ResponseCache(folder: folder.path + "/cache")
    return client
  }

  private func ask(_ client: ChatClient, _ text: String = "What is AI?") async throws -> ChatCompletion {
    try await client.chat.completions.create(model: "m", messages: [.user(text)], cache: true)
  }

  private func entries() throws -> Int { try ResponseCache(folder: folder.path + "/cache").statistics().entries }

  /// A server that answers each user otherwise.
  private func server() throws -> LoopbackServer {
    try LoopbackServer { .chat("\($0.header("Authorization") ?? "nobody") \($0.header("X-Tenant") ?? "")") }
  }

  @Test func eachTenantHasAnswersOfItsOwn() async throws {
    let server = try server()
    for round in 0..<2 {
      for tenant in ["alpha", "beta"] {
        let client = client(server, headers: ["X-Tenant": tenant], secrets: [tenant])
        let response = try await ask(client)
        #expect(response.choices[0].message.content == "nobody \(tenant)")
        #expect(response.cached == (round == 1))
      }
    }
    #expect(server.requests.count == 2)
  }

  @Test func eachKeyHasAnswersOfItsOwn() async throws {
    let server = try server()
    for round in 0..<2 {
      for key in ["account-one-key", "account-two-key", ""] {
        let response = try await ask(client(server, key: key))
        #expect(response.choices[0].message.content == (key.isEmpty ? "nobody " : "Bearer \(key) "))
        // An answer that holds the key is not kept; that of nobody is.
        #expect(response.cached == (key.isEmpty && round == 1))
      }
    }
    let quiet = try LoopbackServer { _ in .answer }
    for key in ["account-one-key", "account-two-key", "account-one-key"] { _ = try await ask(client(quiet, key: key)) }
    #expect(quiet.requests.count == 2)
  }

  @Test func aKeyInAHeaderOfTheProvidersCountsLikeAnyOther() async throws {
    let server = try LoopbackServer { _ in .answer }
    for token in ["token-one-0123456789", "token-two-0123456789"] {
      let client = client(server, headers: ["authorization": "Bearer \(token)"], secrets: [token])
      _ = try await ask(client)
    }
    #expect(
      server.requests.map { $0.header("Authorization") } == [
        "Bearer token-one-0123456789", "Bearer token-two-0123456789",
      ])
  }

  @Test func aKeyNeverReachesTheDisk() async throws {
    let server = try LoopbackServer { _ in .answer }
    let client = client(
      server, key: secret, headers: ["X-Token": "token-canary-9876543210", "X-Team": "search"],
      secrets: ["token-canary-9876543210"])
    _ = try await ask(client)
    #expect(try entries() == 1)
    // A prompt that holds the key, a header's secret, or most of the key in Base64.
    for text in ["my key is \(secret)", "token-canary-9876543210", Base64.encoded(Array("x:\(secret)".utf8))] {
      #expect(try await ask(client, text).choices[0].message.content == "Hi")
    }
    #expect(try entries() == 1)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache") {
      let text = try folder.read("cache/" + name)
      #expect(!(name + text).contains("canary"))
      #expect(!text.contains("0123456789abcdef"))
    }
  }

  @Test func anotherSecretOfTheProgramNeverReachesTheDisk() async throws {
    let other = "sk-other-fedcba9876543210"
    let server = try LoopbackServer { $0.text.contains("tell") ? .chat("it is \(other)") : .answer }
    var client = client(server, key: secret)
    client.otherSecrets = [Secret(other)]
    for text in ["my other key is \(other)", "tell me"] { _ = try await ask(client, text) }
    #expect(try entries() == 0)
    _ = try await ask(client, "hello")
    #expect(try entries() == 1)
  }

  @Test func aReplyThatRepeatsTheKeyIsNotKept() async throws {
    let server = try LoopbackServer { [secret] _ in .chat("your key is \(secret)") }
    _ = try await ask(client(server, key: secret))
    #expect(try entries() == 0)
  }

  @Test func aReplyThatHidesTheKeyBehindEscapesIsNotKept() async throws {
    let escaped = secret.unicodeScalars.map { "\\u00" + String($0.value, radix: 16) }.joined()
    let server = try LoopbackServer { _ in
      .json(#"{"choices":[{"message":{"content":"\#(escaped)"},"finish_reason":"stop"}]}"#)
    }
    #expect(try await ask(client(server, key: secret)).choices[0].message.content == secret)
    #expect(try entries() == 0)
  }

  @Test(arguments: ["content", "reasoning_content", "refusal", "arguments", "details"])
  func aStreamThatBringsTheKeyPieceByPieceIsNotKept(member: String) async throws {
    let pieces = stride(from: 0, to: secret.count, by: 4).map { String(secret.dropFirst($0).prefix(4)) }
    let deltas = pieces.map { piece in
      switch member {
      case "arguments": #"{"tool_calls":[{"index":0,"function":{"arguments":"\#(piece)"}}]}"#
      case "details": #"{"reasoning_details":[{"index":0,"type":"reasoning.text","text":"\#(piece)"}]}"#
      default: #"{"\#(member)":"\#(piece)"}"#
      }
    }
    let isCall = member == "arguments"
    let call = #"{"tool_calls":[{"index":0,"id":"c","function":{"name":"t","arguments":""#
    let before = isCall ? [call + #"{\"key\":\""}}]}"#] : []
    let after = isCall ? [#"{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}"#] : [#"{"content":"."}"#]
    let events = (before + deltas + after).map { chunk($0) } + [end(isCall ? "tool_calls" : "stop"), "[DONE]"]
    let server = try LoopbackServer { _ in .eventStream(events) }
    let tools = [ChatTool(name: "t", parameters: ["type": "object", "properties": [:]])]
    let answer = try await client(server, key: secret).chat.completions
      .stream(model: "m", messages: messages, tools: tools, cache: true).collect()
    #expect(answer.choices[0].message.toolCalls?.first?.function.arguments == (isCall ? #"{"key":"\#(secret)"}"# : nil))
    #expect(try entries() == 0)
    // The same without the key is kept.
    _ = try await client(server, key: "another-key-0123456789").chat.completions
      .stream(model: "m", messages: messages, tools: tools, cache: true).collect()
    #expect(try entries() == (member == "refusal" ? 0 : 1))
  }
}
