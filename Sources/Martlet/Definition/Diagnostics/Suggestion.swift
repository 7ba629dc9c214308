/// Finds the known word that a misspelled one was probably meant to be.
package enum Suggestion {
  /// The letters that are compared with letters for one suggestion: enough for hundreds of words.
  private static let maxComparisons = 100_000

  /// The nearest of `words`, when it is near enough to be worth a hint; of very many only the first are looked at.
  package static func nearest(to word: String, in words: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().utf8.prefix(64))
    let allowed = max(1, wanted.count / 3)
    var best: (word: String, distance: Int)?
    var comparisons = 0
    for candidate in words {
      let letters = Array(candidate.lowercased().utf8.prefix(64))
      comparisons += 64 + wanted.count * letters.count
      if comparisons > maxComparisons { break }
      let distance = distance(wanted, letters)
      if distance <= allowed, distance < (best?.distance ?? .max) { best = (candidate, distance) }
    }
    return best?.word
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbors between two words.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var above = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      row.reserveCapacity(b.count + 1)
      for j in 1...b.count {
        var cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
        row.append(cost)
      }
      before = above
      above = row
    }
    return above[b.count]
  }
}
