import Martlet

/// Calls of an agent's tool `add` that is a program, with everything that goes with a call, one after the other.
enum PluginScenario {
  static func run(path: String, count: Int) async throws {
    let agent = try Agent(contentsOf: path)
    let dispatcher = ToolDispatcher(registry: agent.tools, maxParallelCalls: 1, sessionID: SessionID.make())
    let call = ToolCall(id: "call_1", name: "add", arguments: #"{"a":1,"b":2}"#)
    let median = try await Measurement.median(of: count) {
      let outcome = await dispatcher.run([call], turn: 1, clock: .continuous, recorder: NoRecorder(), emit: nil)
      let record = outcome.records.first
      if record?.isError != false { throw UnexpectedEnd(what: record?.result ?? "") }
    }
    print(median)
  }
}
