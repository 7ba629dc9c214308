/// Counts how often in a row the same call gave the same result.
struct RepeatCounter: Sendable {
  let limit: Int
  private var last: ToolCallRecord?
  private var count = 0

  /// From this count on the model is told.
  private static let noteFrom = 3

  init(limit: Int) {
    self.limit = limit
  }

  /// Takes the next call in the order of the transcript; gives its place in the row of equal ones.
  mutating func count(_ record: ToolCallRecord) -> Int {
    let isSame =
      last.map { $0.result == record.result && $0.name == record.name && $0.arguments == record.arguments } ?? false
    count = isSame ? count + 1 : 1
    last = record
    if count >= limit { isLimitReached = true }
    return count
  }

  /// What the model is told with the result.
  func note(for count: Int) -> String? {
    count >= Self.noteFrom ? ToolMessages.repeated(times: count, limit: limit) : nil
  }

  private(set) var isLimitReached = false
}
