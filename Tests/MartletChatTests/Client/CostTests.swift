import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// What tokens cost.
@Suite struct CostTests {
  private func usage(_ prompt: Int, _ completion: Int, other: Int = 0) -> Usage {
    var usage = Usage()
    (usage.promptTokens, usage.completionTokens, usage.otherTokens) = (prompt, completion, other)
    return usage
  }

  @Test func tenThousandTurnsAreSummedExactly() {
    let price = TokenPrice(input: 0.10, output: 0.40)
    var sum: Usage?
    for _ in 0..<10_000 {
      var turn = usage(1, 1)
      turn.exactCost = price.cost(of: turn)
      #expect(turn.exactCost?.decimal == "0.0000005")
      if sum == nil { sum = turn } else { sum?.add(turn) }
    }
    #expect(sum?.exactCost?.decimal == "0.005")
    #expect(sum?.cost == 0.005)
  }

  @Test(arguments: [
    (0.25, 2, 1_000_000, 1_000_000, 0, "2.25"), (0.25, 2, 1, 0, 0, "0.00000025"), (0, 0, 5, 5, 5, "0"),
    (0.000000001, 0, 1, 0, 0, "0.000000000000001"), (1, 3, 10, 20, 30, "0.00016"),
    (0.075, 0.3, 333, 333, 0, "0.000124875"),
  ])
  func tokensCostWhatTheirPriceSays(
    input: Double, output: Double, prompt: Int, completion: Int, other: Int, decimal: String
  ) {
    let cost = TokenPrice(input: input, output: output).cost(of: usage(prompt, completion, other: other))
    #expect(cost.decimal == decimal)
    #expect(cost.dollars == Double(decimal))
  }

  @Test func hostileNumbersAreHeldAtTheBounds() {
    let dearest = TokenPrice(input: .infinity, output: 1e300)
    #expect(dearest.input == TokenPrice.maximum)
    #expect(TokenPrice(input: .nan, output: -1) == TokenPrice(input: 0, output: 0))
    let most = dearest.cost(of: usage(.max, .max, other: .max))
    #expect(most.dollars > 1e18)
    var sum = Cost.zero
    for _ in 0..<200_000 { sum = sum + most }
    #expect(sum >= most)
    #expect(sum + sum == sum + sum + sum)
    #expect(dearest.cost(of: usage(.min, -1)) == .zero)
    #expect(!sum.decimal.isEmpty && !sum.inWords.isEmpty)
    for dollars in [Double.nan, -1, -Double.infinity, -0.0] { #expect(Cost(dollars: dollars) == .zero) }
    #expect(Cost(dollars: .infinity) == Cost(dollars: 1e15))

    var tokens = usage(.max, .max, other: 1)
    tokens.add(usage(.max, 1, other: 1))
    #expect(tokens.totalTokens == .max)
    #expect(usage(.min, .min).totalTokens == .min)
  }

  @Test(arguments: [
    (0.0, "$0.00"), (0.5, "$0.50"), (12, "$12.00"), (0.001235, "$0.001235"), (0.0012354999, "$0.001235"),
    (0.0000004, "less than $0.000001"), (0.000001, "$0.000001"), (1.9999999, "$2.00"),
  ])
  func peopleReadItInDollars(dollars: Double, words: String) {
    #expect(Cost(dollars: dollars).inWords == words)
  }

  @Test func aSumIsUnknownWhereAPartIs() {
    var sum = usage(1, 1)
    sum.cost = 0.5
    var other = usage(1, 1)
    sum.add(other)
    #expect(sum.cost == nil)
    other.cost = 1
    sum.add(other)
    #expect(sum.cost == nil)
    // No tokens cost nothing.
    other.add(Usage())
    #expect(other.cost == 1)
    var none = Usage()
    none.add(other)
    #expect(none.cost == 1)
  }

  @Test func answersSayWhatTheyCostWhereThePriceIsKnown() async throws {
    let server = try LoopbackServer(replies: [.answer, .answer, .streamedAnswer, .answer])
    var provider = Provider.custom(name: "test", baseURL: server.baseURL)
    provider.prices = ["dear": TokenPrice(input: 1, output: 10), "cheap": TokenPrice(input: 0.1, output: 0.4)]
    let completions = ChatClient(provider: provider).chat.completions
    let messages: [ChatMessage] = [.user("U")]
    #expect(try await completions.create(model: "dear", messages: messages).usage.cost == 0.000465)
    #expect(try await completions.create(model: "unknown", messages: messages).usage.cost == nil)
    let streamed = try await completions.stream(model: "cheap", messages: messages).collect()
    #expect(streamed.usage.exactCost?.decimal == "0.0000009")
    let batch = await completions.batch(model: "cheap", prompts: ["U"])
    #expect(try batch[0].get().usage.exactCost?.decimal == "0.0000195")
  }

  @Test func aProviderAtAnotherURLKeepsItsPrices() {
    var provider = Provider.openAI
    provider.prices["m"] = TokenPrice(input: 1, output: 2)
    #expect(provider.at("https://x.test").prices == provider.prices)
    #expect(provider.anywhere(at: "https://x.test").withKey(in: "KEY").prices == provider.prices)
    for provider in ProviderCatalog.providers { #expect(provider.prices.isEmpty) }
  }

  /// A count of nothing although there is something is as good as none.
  @Test(arguments: [
    (#"{"prompt_tokens":7,"completion_tokens":0,"total_tokens":7}"#, 7, 2),
    (#"{"prompt_tokens":0,"completion_tokens":9,"total_tokens":9}"#, 100, 9),
    (#"{"prompt_tokens":0,"completion_tokens":0}"#, 100, 2), ("null", 100, 2),
    (#"{"total_tokens":12}"#, 0, 0),
  ])
  func b14WhatAServerDoesNotCountIsEstimated(wire: String, prompt: Int, completion: Int) throws {
    let body = #"{"choices":[{"index":0,"message":{"content":"12345678"},"finish_reason":"stop"}],"usage":\#(wire)}"#
    var options = ReplyAssembler.Options(requestBytes: 400)
    options.price = TokenPrice(input: 1, output: 1)
    var assembler = ReplyAssembler(options)
    let reply = try assembler.assemble(anyBody: Array(body.utf8))
    #expect(reply.usage.promptTokens == prompt)
    #expect(reply.usage.completionTokens == completion)
    #expect(reply.usage.isEstimated == (prompt == 100 || completion == 2))
    #expect(reply.tolerances.contains("B14") == reply.usage.isEstimated)
    #expect(reply.usage.exactCost == options.price?.cost(of: reply.usage))
  }
}
