/// Finds the known word that a misspelled one was probably meant to be.
package enum Suggestion {
  /// The nearest of `words`, when it is near enough to be worth a hint.
  package static func nearest(to word: String, in words: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().utf8.prefix(64))
    let allowed = max(1, wanted.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in words {
      let distance = distance(wanted, Array(candidate.lowercased().utf8.prefix(64)))
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
