import MartletHTTP
import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// What an answer tells beside its text.
@Suite struct CompletionTests {
  private let body =
    #"{"id":"chatcmpl-abc123","object":"chat.completion","created":1706554800,"model":"llama-3.2-1b","#
    + #""choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"length","#
    + #""logprobs":{"content":[{"token":"Hi","logprob":-0.50,"bytes":[72,105],"top_logprobs":[]}],"refusal":null}}],"#
    + #""usage":{"prompt_tokens":15,"completion_tokens":45,"total_tokens":60,"#
    + #""prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":20}},"#
    + #""system_fingerprint":"fp_1"}"#
  private let headers = [
    ("X-Request-Id", "req-7"), ("x-ratelimit-limit-requests", "500"), ("x-ratelimit-remaining-requests", "499"),
    ("x-ratelimit-reset-requests", "120ms"), ("x-ratelimit-limit-tokens", "30000"),
    ("x-ratelimit-remaining-tokens", "29000"), ("x-ratelimit-reset-tokens", "6m0s"),
  ]

  @Test func everyFieldOfTheResponseIsThere() async throws {
    let server = try LoopbackServer(replies: [.json(body, headers: headers)])
    let response = try await client(server).chat.completions.create(
      model: "m", messages: [.user("U")], logprobs: true)
    #expect(response.id == "chatcmpl-abc123")
    #expect(response.model == "llama-3.2-1b")
    #expect(response.created == 1_706_554_800)
    #expect(response.choices[0].message.content == "Hi")
    #expect(response.choices[0].finishReason == .length)
    #expect(response.usage.promptTokens == 15)
    #expect(response.usage.completionTokens == 45)
    #expect(response.usage.totalTokens == 60)
    #expect(response.usage.cachedTokens == 8)
    #expect(response.usage.reasoningTokens == 20)
    #expect(!response.cached)
    #expect(response.requestID == "req-7")
    #expect(response.rateLimit?.requests == .init(limit: 500, remaining: 499, resetsAfter: .milliseconds(120)))
    #expect(response.rateLimit?.tokens == .init(limit: 30_000, remaining: 29_000, resetsAfter: .seconds(360)))
    let raw = try JSONValue(parsing: body)
    #expect(response.raw == raw)
    #expect(response.choices[0].logprobs == raw["choices"]?[0]?["logprobs"])
  }

  @Test func aSilentServerLeavesTheFieldsEmpty() async throws {
    let server = try LoopbackServer(replies: [.json(#"{"choices":[{"message":{"content":"Hi"}}]}"#)])
    let response = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.requestID == nil)
    #expect(response.rateLimit == nil)
    #expect(response.choices[0].logprobs == nil)
    #expect(response.id.isEmpty)
    #expect(response.usage.isEstimated)
  }

  private func likely(_ token: String, delta: String? = nil) -> String {
    let delta = delta ?? #"{"content":"\#(token)"}"#
    return #"{"choices":[{"index":0,"delta":\#(delta),"logprobs":{"content":[{"token":"\#(token)"}],"refusal":null}}]}"#
  }

  @Test func eachChunkOfAStreamSaysHowLikelyItsTokensWere() async throws {
    let events = [
      chunk(#"{"role":"assistant","content":""}"#), likely("a"), likely("b"), chunk(#"{"content":"c"}"#),
      likely("", delta: "{}"), likely("e"), end("stop"), "[DONE]",
    ]
    let server = try LoopbackServer(replies: [.eventStream(events)])
    var parts: [String] = []
    var completion: ChatCompletion?
    let stream = client(server).chat.completions.stream(model: "m", messages: [.user("U")], logprobs: true)
    for try await chunk in stream {
      let tokens = chunk.choices[0].logprobs?["content"]?.arrayValue?.compactMap { $0["token"]?.stringValue } ?? ["-"]
      parts.append((chunk.choices[0].delta.content ?? "") + ":" + tokens.joined())
      #expect(chunk.id == "c1" && chunk.model == "m")
      completion = chunk.completion
    }
    #expect(parts == ["a:a", "b:b", "c:-", ":", "e:e", ":-"])
    #expect(completion?.choices[0].logprobs?["content"]?.arrayValue?.count == 4)
  }

  @Test func theLogprobsOfAStreamAreJoined() throws {
    let assembled = try assemble([likely("a"), likely("b"), likely("c"), end("stop")])
    #expect(assembled.reply.text == "abc")
    #expect(
      assembled.reply.logprobs
        == ["content": [["token": "a"], ["token": "b"], ["token": "c"]], "refusal": nil])
  }

  @Test(arguments: [
    ([("X-RateLimit-Limit", "10"), ("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", "30")], 10, 3, 30),
    ([("x-ratelimit-limit", "10, 10;w=60"), ("x-ratelimit-reset", "1700000060")], 10, nil, 60),
    ([("x-ratelimit-limit-requests", "many"), ("x-ratelimit-remaining-requests", "-1")], nil, nil, nil),
    ([("x-ratelimit-", "1"), ("x-ratelimit-limit-images", "4"), ("ratelimit", "1")], nil, nil, nil),
  ])
  func rateLimitsAreReadAsProvidersWriteThem(
    headers: [(String, String)], limit: Int?, remaining: Int?, seconds: Int?
  ) {
    let state = RateLimit(HTTPHeaders(headers.map { HTTPHeader($0.0, $0.1) }), now: 1_700_000_000)
    #expect(state?.tokens == nil)
    #expect(state?.requests?.limit == limit)
    #expect(state?.requests?.remaining == remaining)
    #expect(state?.requests?.resetsAfter == seconds.map { .seconds($0) })
  }
}
