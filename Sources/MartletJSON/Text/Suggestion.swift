/// Finds the known word that a misspelled one was probably meant to be.
package enum Suggestion {
  /// As long as the names of tools may be.
  private static let longestWord = 64
  /// The pairs of letters that are compared for one suggestion: enough for hundreds of words.
  private static let maximumComparisons = 50_000

  /// The nearest of `words`, if no more than a third of its letters differ, or one of two; of very many only the first are
  /// looked at.
  ///
  /// Capital letters of ASCII are as good as small ones; two neighbors that changed places count as one letter.
  package static func nearest(to word: String, in words: some Sequence<String>) -> String? {
    guard var comparison = Comparison(word, longest: longestWord) else { return nil }
    var best: (word: String, distance: Int)?
    var comparisons = 0
    for candidate in words {
      comparisons += comparison.wanted.count
      if comparisons > maximumComparisons { break }
      guard comparison.take(candidate) else { continue }
      let bound = min(comparison.allowedDistance, (best?.distance ?? .max) - 1)
      guard comparison.leastDistance <= bound else { continue }
      comparisons += comparison.wanted.count * comparison.other.count
      if let distance = comparison.distance(atMost: bound) { best = (candidate, distance) }
    }
    return best?.word
  }

  /// One word beside others, one after the other; it allocates nothing for them.
  private struct Comparison {
    let wanted: [UInt32]
    private(set) var other: [UInt32] = []
    /// A bit for each letter of a word, which some letters share.
    private let wantedLetters: UInt64
    private var otherLetters: UInt64 = 0
    /// Rows of the table of distances between the beginnings of both words: the last three.
    private var rows: (beforeLast: [Int], last: [Int], current: [Int])

    /// Nil for a word of no letters or of more than `longest`.
    init?(_ word: String, longest: Int) {
      wanted = word.unicodeScalars.prefix(longest + 1).map(Self.letter)
      wantedLetters = wanted.reduce(0) { $0 | Self.bit(of: $1) }
      guard (1...longest).contains(wanted.count) else { return nil }
      let row = [Int](repeating: 0, count: longest + 1)
      rows = (row, row, row)
      other.reserveCapacity(longest)
    }

    private static func letter(_ scalar: Unicode.Scalar) -> UInt32 {
      ("A"..."Z").contains(scalar) ? scalar.value | 0x20 : scalar.value
    }

    private static func bit(of letter: UInt32) -> UInt64 { 1 << UInt64(letter & 63) }

    /// Takes the other word; false if it is too long to be compared.
    mutating func take(_ word: String) -> Bool {
      other.removeAll(keepingCapacity: true)
      otherLetters = 0
      for scalar in word.unicodeScalars {
        guard other.count + 1 < rows.last.count else { return false }
        other.append(Self.letter(scalar))
        otherLetters |= Self.bit(of: Self.letter(scalar))
      }
      return true
    }

    var allowedDistance: Int { max(max(wanted.count, other.count) / 3, min(wanted.count, other.count) > 1 ? 1 : 0) }

    /// Letters that one word has more than the other, or that the other has none of, are as many that differ.
    var leastDistance: Int {
      let missing = max(
        (wantedLetters & ~otherLetters).nonzeroBitCount, (otherLetters & ~wantedLetters).nonzeroBitCount)
      return max(abs(wanted.count - other.count), missing)
    }

    /// How many letters differ, if not more than `bound`.
    mutating func distance(atMost bound: Int) -> Int? {
      for j in 0...other.count { rows.last[j] = j }
      var leastOfLast = 0
      for i in wanted.indices {
        rows.current[0] = i + 1
        var least = i + 1
        for j in other.indices {
          var distance = min(
            rows.last[j] + (wanted[i] == other[j] ? 0 : 1), rows.last[j + 1] + 1, rows.current[j] + 1)
          if i > 0, j > 0, wanted[i] == other[j - 1], wanted[i - 1] == other[j] {
            distance = min(distance, rows.beforeLast[j - 1] + 1)
          }
          rows.current[j + 1] = distance
          least = min(least, distance)
        }
        // A row follows from the two before it.
        guard min(least, leastOfLast) <= bound else { return nil }
        leastOfLast = least
        (rows.beforeLast, rows.last, rows.current) = (rows.last, rows.current, rows.beforeLast)
      }
      return rows.last[other.count] <= bound ? rows.last[other.count] : nil
    }
  }
}
