import Martlet
import Testing

/// `fallback` of an agent file.
@Suite struct FallbackFieldTests {
  private func diagnostics(_ text: String) -> [Diagnostic] {
    AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:])).diagnostics
  }

  @Test(arguments: [
    ("fallback: {retries: 1}", 3, 11, "fallback needs `models`: Models to go on with, each `provider/model`, in order"),
    ("fallback: {models: [], retries: 0}", 3, 20, "expected at least one model"),
    ("fallback: {models: [qwen3]}", 3, 21, "`qwen3` names no provider: a model is written as provider/model"),
    ("fallback: {models: [olama/qwen3]}", 3, 21, "unknown provider `olama`"),
    ("fallback: {models: [ollama/a, openai/m]}", 3, 31, "`openai/m` is already among the models of this agent"),
    ("fallback: {models: [ollama/a, ollama/a]}", 3, 31, "`ollama/a` is already among the models of this agent"),
    ("fallback: {models: [scripted]}", 3, 21, "the model `scripted` needs a `script`"),
    ("fallback: {models: [ollama/a], retries: 11}", 3, 41, "expected a whole number from 0 to 10, found 11"),
    ("fallback: {models: [ollama/a], cooldown: 5s}", 3, 32, "unknown key `cooldown` in fallback"),
  ])
  func mistakesAreFoundWithTheirPlaces(line: String, number: Int, column: Int, message: String) {
    let found = diagnostics("name: a\nmodel: openai/m\n" + line)
    #expect(found.map { "\($0.line):\($0.column): \($0.message)" } == ["\(number):\(column): \(message)"])
  }

  @Test func severalModelsAreAccepted() {
    #expect(diagnostics("name: a\nmodel: openai/m\nfallback: {models: [ollama/a, openai/n]}").isEmpty)
  }
}
