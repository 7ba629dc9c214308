import Martlet

/// Readings of an agent file, with all that is checked of it, but neither a model nor the programs of its tools.
enum LoadScenario {
  static func run(path: String, count: Int) async throws {
    let bytes = try FileReading.bytes(of: path, limit: 1 << 20)
    var context = AgentDefinition.Context(environment: [:])
    context.checksPrograms = false
    let median = try await Measurement.median(of: count) {
      let loaded = AgentDefinition.load(bytes: bytes, name: path, context)
      guard loaded.definition != nil else {
        throw UnexpectedEnd(what: loaded.diagnostics.map { $0.rendered() }.joined(separator: "\n"))
      }
    }
    print(median)
  }
}
