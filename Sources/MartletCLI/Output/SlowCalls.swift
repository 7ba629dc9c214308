import Martlet

/// The calls that are running, shown on a terminal in a line that is rewritten in its place.
struct SlowCalls {
  private var running: [(id: String, name: String, since: Duration)] = []
  private var isShown = false

  /// A call is shown when it has been running for this long.
  static let threshold = Duration.seconds(1)

  mutating func take(_ event: AgentEvent) {
    switch event {
    case .toolStarted(_, let call): running.append((call.id, call.name, RunClock.continuous.now()))
    case .toolFinished(let record):
      if let index = running.firstIndex(where: { $0.id == record.id && $0.name == record.name }) {
        running.remove(at: index)
      }
    default: break
    }
  }

  /// Writes the line; without cursor movement, on a dumb terminal, each call is named once only.
  mutating func show(on console: Console) {
    let now = RunClock.continuous.now()
    let slow = running.filter { now - $0.since >= Self.threshold }
    guard let oldest = slow.first, console.canMoveCursor || !isShown else { return }
    let seconds = (now - oldest.since).wholeMilliseconds / 1000
    let others = slow.count > 1 ? " and \(slow.count - 1) more" : ""
    let text = "… \(oldest.name.escapedForTerminal)\(others): running, \(seconds) s"
    console.write(console.canMoveCursor ? "\r\u{1B}[K" + text : text + "\n")
    isShown = true
  }

  /// Removes the line, so that something else can be written in its place.
  mutating func clear(from console: Console) {
    if isShown, console.canMoveCursor { console.write("\r\u{1B}[K") }
    isShown = false
  }
}
