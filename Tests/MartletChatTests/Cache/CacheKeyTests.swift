import MartletHTTP
import MartletJSON
import Testing

@testable import MartletChat

@Suite struct CacheKeyTests {
  private func key(
    _ request: ChatRequest, endpoint: String = "https://a.test/v1/chat/completions",
    headers: [HTTPHeader] = []
  ) throws -> CacheKey {
    var encoder = HistoryEncoder()
    let body = RequestHead(request).body(encoder.encode(request.messages))
    return try #require(CacheKey(endpoint: endpoint, headers: headers, body: body))
  }

  private let request = ChatRequest(model: "m", messages: [.user("U")], temperature: 0.5)

  @Test func theIdentityIsReadable() throws {
    #expect(
      String(decoding: try key(request).identity, as: UTF8.self)
        == "POST https://a.test/v1/chat/completions\n"
        + #"{"model":"m","temperature":0.5,"messages":[{"role":"user","content":"U"}]}"#)
    #expect(CacheKey.isName(try key(request).name))
  }

  @Test func aStreamAndAWholeReplyShareAnEntry() throws {
    var streamed = request
    streamed.stream = true
    streamed.includeUsage = true
    #expect(try key(streamed) == key(request))
    var whole = request
    whole.stream = false
    #expect(try key(whole) == key(request))
  }

  @Test func aStreamOfSeveralChoicesBringsOneAndIsKeptApart() throws {
    var streamed = request
    streamed.choiceCount = 3
    let whole = streamed
    streamed.stream = true
    #expect(try key(streamed).name != key(whole).name)
  }

  @Test func theOrderOfParametersDoesNotCount() throws {
    var one = request
    one.extraBody = ["a": 1, "seed": 2, "b": 3]
    var other = request
    other.extraBody = ["b": 3, "a": 1]
    other.seed = 2
    #expect(try key(one) == key(other))
  }

  @Test func theOrderWithinASchemaCounts() throws {
    var one = request
    one.responseFormat = .jsonSchema(name: "s", schema: ["properties": ["reason": [:], "answer": [:]]])
    var other = request
    other.responseFormat = .jsonSchema(name: "s", schema: ["properties": ["answer": [:], "reason": [:]]])
    #expect(try key(one).name != key(other).name)
  }

  @Test func everythingElseCounts() throws {
    var changes: [ChatRequest] = []
    func add(_ change: (inout ChatRequest) -> Void) {
      var copy = request
      change(&copy)
      changes.append(copy)
    }
    add { $0.model = "n" }
    add { $0.messages = [.user("V")] }
    add { $0.messages = [.system("U")] }
    add { $0.messages += [.user("U")] }
    add { $0.temperature = 0.6 }
    add { $0.seed = 1 }
    add { $0.tools = [ChatTool(name: "t", parameters: ["type": "object", "properties": [:]])] }
    add { $0.extraBody = ["top_k": 3] }
    var names = try Set(changes.map { try key($0).name })
    names.insert(try key(request).name)
    names.insert(try key(request, endpoint: "https://b.test/v1/chat/completions").name)
    names.insert(try key(request, headers: [HTTPHeader("X-Tenant", "a")]).name)
    names.insert(try key(request, headers: [HTTPHeader("X-Tenant", "b")]).name)
    #expect(names.count == changes.count + 4)
  }

  @Test func aHeadersValueIsNotInTheIdentity() throws {
    let key = try key(request, headers: [HTTPHeader("X-Token", "canary-0123456789abcdef")])
    #expect(!String(decoding: key.identity, as: UTF8.self).contains("canary"))
  }

  @Test func aBodyThatCannotBeReadHasNoKey() {
    #expect(CacheKey(endpoint: "e", headers: [], body: []) == nil)
    #expect(CacheKey(endpoint: "e", headers: [], body: [Array("{".utf8)]) == nil)
  }
}
