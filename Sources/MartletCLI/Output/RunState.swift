import Martlet
import MartletHTTP

/// What a run is doing, kept apart from its report so that SIGQUIT can have it told even when nothing moves any more.
final class RunState: Sendable {
  private struct State {
    var turn = 0
    var isWaitingForModel = false
    var textBytes = 0
    var retry: Int?
    var since: Duration
    var running: [(id: String, name: String, since: Duration)] = []
  }

  private let agent: String
  private let model: String
  private let clock = RunClock.continuous
  private let begun: Duration
  private let state: Lock<State>

  init(agent: String, model: String) {
    self.agent = agent
    self.model = model
    begun = clock.now()
    state = Lock(State(since: begun))
  }

  func take(_ event: AgentEvent) {
    let now = clock.now()
    state.withLock { state in
      switch event {
      case .turnStarted(let turn):
        state.turn = turn
        state.isWaitingForModel = true
        state.retry = nil
        state.textBytes = 0
        state.since = now
      case .textDelta(_, let text): state.textBytes += text.utf8.count
      case .textVoid: state.textBytes = 0
      case .modelRetry(let attempt, _, _):
        state.retry = attempt
        state.since = now
      case .toolStarted(_, let call):
        state.isWaitingForModel = false
        state.running.append((call.id, call.name, now))
      case .toolFinished(let record):
        state.running.removeAll { $0.id == record.id && $0.name == record.name }
      case .turnFinished: state.isWaitingForModel = false
      case .runStarted, .notice, .runFinished: break
      }
    }
  }

  /// A line for the run, one for the model if it is waited for, and one for each call that runs.
  var lines: [String] {
    let now = clock.now()
    func seconds(_ since: Duration) -> String { "\((now - since).wholeMilliseconds / 1000) s" }
    return state.withLock { state in
      var lines = ["\(agent): running for \(seconds(begun)), in turn \(state.turn)"]
      if state.isWaitingForModel {
        let attempt = state.retry.map { "attempt \($0), " } ?? ""
        lines.append(
          "\(model): \(attempt)waited for since \(seconds(state.since)), \(state.textBytes) bytes of text so far")
      }
      return lines + state.running.map { "\($0.id) \($0.name): running for \(seconds($0.since))" }
    }.map(\.escapedForTerminal)
  }
}
