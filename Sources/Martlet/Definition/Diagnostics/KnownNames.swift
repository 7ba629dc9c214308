/// Names of several lists together. Each list is sorted and hashed once, however many templates may use it.
struct KnownNames {
  private struct List {
    let sorted: [String]
    let set: Set<String>
  }

  private var lists: [List] = []

  /// The most names that are shown.
  private static let shown = 20

  init(_ names: some Sequence<String>) {
    let set = Set(names)
    lists = [List(sorted: set.sorted(), set: set)]
  }

  /// The names of both, those of the other list first.
  func adding(_ other: KnownNames) -> KnownNames {
    var all = self
    all.lists = other.lists + lists
    return all
  }

  func contains(_ name: String) -> Bool { lists.contains { $0.set.contains(name) } }

  /// The names, in the order in which they are shown.
  var all: some Sequence<String> { lists.lazy.flatMap(\.sorted) }

  var isEmpty: Bool { lists.allSatisfy(\.sorted.isEmpty) }

  /// The names in a row; of many only the first.
  var listed: String {
    let count = lists.reduce(0) { $0 + $1.sorted.count }
    let names = all.prefix(Self.shown).joined(separator: ", ")
    return count > Self.shown ? "\(names) … (\(count) in all)" : names
  }
}
