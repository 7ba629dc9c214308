import MartletJSON
import Testing

struct SuggestionTests {
  private let fruit = ["apple", "apricot", "pear", "pineapple", "été"]

  @Test(arguments: [
    ("aple", "apple"), ("appel", "apple"), ("APPLE", "apple"), ("paer", "pear"), ("apricots", "apricot"),
    ("pineaple", "pineapple"), ("ete", nil), ("étè", "été"), ("banana", nil), ("", nil), ("p", nil),
  ])
  func wordWithFewOtherLettersIsFound(word: String, nearest: String?) {
    #expect(Suggestion.nearest(to: word, in: fruit) == nearest)
  }

  @Test func nearestWinsAndOfEquallyNearOnesTheFirst() {
    #expect(Suggestion.nearest(to: "stream", in: ["dreams", "streams", "steam"]) == "streams")
    #expect(Suggestion.nearest(to: "stream", in: ["dreams", "scream", "steam"]) == "scream")
  }

  @Test func aThirdOfTheLettersMayDifferOrOneOfTwo() {
    #expect(Suggestion.nearest(to: "abcdef", in: ["abcdxy"]) == "abcdxy")
    #expect(Suggestion.nearest(to: "abcdef", in: ["abcxyz"]) == nil)
    #expect(Suggestion.nearest(to: "ab", in: ["ac"]) == "ac")
    #expect(Suggestion.nearest(to: "a", in: ["b", "ab"]) == nil)
  }

  @Test func longWordsAreLeftAloneAndOfManyWordsOnlyTheFirstAreLookedAt() {
    let long = String(repeating: "a", count: 64)
    #expect(Suggestion.nearest(to: long, in: [long.dropLast() + "b"]) == long.dropLast() + "b")
    #expect(Suggestion.nearest(to: long + "a", in: [long]) == nil)
    #expect(Suggestion.nearest(to: long, in: [String(repeating: "a", count: 1_000_000)]) == nil)

    var taken = 0
    let many = sequence(first: "zzzzzzzz") { word in
      taken += 1
      return word
    }
    #expect(Suggestion.nearest(to: "aaaaaaaa", in: many) == nil)
    #expect(taken < 10_000)
  }
}
