import Testing

@testable import Martlet

/// What speaks for a conversation that a server has cut.
@Suite struct PromptWatchTests {
  private func usage(_ tokens: Int, cached: Int = 0, isEstimated: Bool = false) -> Usage {
    var usage = Usage()
    (usage.promptTokens, usage.cachedTokens, usage.isEstimated) = (tokens, cached, isEstimated)
    return usage
  }

  @Test(arguments: [
    (40_000, 4_096, true), (40_000, 4_097, false), (16_000, 4_096, false), (20_500, 4_096, true), (9_000, 2_048, false),
    (12_000, 2_048, true), (16_384, 1_000, true), (16_384, 2_000, false), (8_000, 10, false), (0, 0, false),
    (200_000, 32_768, true), (.max, 1, true),
  ])
  func e14_aCountThatIsAWindowOrFarTooSmallIsSuspicious(bytes: Int, tokens: Int, isSuspicious: Bool) {
    var watch = PromptWatch()
    #expect((watch.suspicion(bytes: bytes, usage: usage(tokens)) != nil) == isSuspicious)
    #expect(watch.suspicion(bytes: bytes, usage: usage(tokens, isEstimated: true)) == nil)
    #expect(watch.suspicion(bytes: bytes, usage: nil) == nil)
  }

  @Test func e14_aCountThatStaysWhileTheConversationGrowsIsSuspicious() {
    var watch = PromptWatch()
    #expect(watch.suspicion(bytes: 10_000, usage: usage(2_050)) == nil)
    #expect(watch.suspicion(bytes: 11_000, usage: usage(2_050)) == nil)
    #expect(watch.suspicion(bytes: 13_100, usage: usage(2_050))?.contains("as before") == true)
    #expect(watch.suspicion(bytes: 16_000, usage: usage(2_900)) == nil)
    // A conversation that got shorter, and a server that counts apart what it has cached.
    #expect(watch.suspicion(bytes: 9_000, usage: usage(2_000)) == nil)
    #expect(watch.suspicion(bytes: 12_000, usage: usage(100, cached: 2_900)) == nil)
  }
}
