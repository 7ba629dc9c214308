import Martlet
import Testing

/// Files of other runtimes are named as such, with what to change, and not as a heap of unknown keys.
@Suite struct ForeignFormatTests {
  private func errors(_ text: String) -> [Diagnostic] {
    AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:])).diagnostics
      .filter { $0.severity == .error }
  }

  @Test(arguments: [
    (
      "docker-agent", "agents.root",
      """
      version: "2"
      agents:
        root:
          model: openai/gpt-5-mini
          description: A pirate
          instruction: Talk like a pirate.
          toolsets: [{type: shell}]
      models:
        claude: {provider: anthropic, model: claude-sonnet-4-0}
      """
    ),
    (
      "docker-agent", "agents.root",
      """
      version: "2"
      agents:
        - name: root
          model: claude
          instruction: Talk like a pirate.
      models:
        claude: {provider: anthropic, model: claude-sonnet-4-0}
      """
    ),
    (
      "goose", "`title` as `name`",
      """
      version: 1.0.0
      title: Code Review
      description: Reviews code
      instructions: You review code in {{ language }}.
      prompt: Review it.
      extensions: [{type: builtin, name: developer}]
      parameters: [{key: language, input_type: string, requirement: required, description: The language}]
      """
    ),
    (
      "goose", "`title` as `name`", "name: Code Review\nrecipe: {version: 1.0.0, title: T, prompt: P}\nisGlobal: true\n"
    ),
    (
      "ADK", "leave out `agent_class`",
      """
      agent_class: LlmAgent
      name: search_agent
      model: gemini-2.5-flash
      instruction: You answer questions.
      tools: [{name: google_search}]
      sub_agents: [{config_path: other.yaml}]
      """
    ),
  ]) func aForeignFileIsNamedWithWhatToChange(runtime: String, advice: String, text: String) {
    let errors = errors(text)
    #expect(errors.map(\.message) == ["this is a file of \(runtime), not a Martlet agent"])
    #expect(errors.first?.hint?.contains(advice) == true)
    #expect(errors.first?.line == 1)
  }

  @Test(arguments: [
    ("gemini-2.5-flash", "gemini/gemini-2.5-flash"), ("gpt-5-mini", "openai/gpt-5-mini"),
    ("claude-sonnet-4-0", "anthropic/claude-sonnet-4-0"), ("qwen3", "ollama/qwen3"),
  ]) func aModelWithoutItsProviderIsGivenTheLikelyOne(model: String, expected: String) {
    #expect(errors("name: a\nmodel: \(model)\ninstruction: Hi\n").first?.hint == "for example \(expected)")
  }

  @Test func anAgentWithATitleOfItsOwnIsNotTakenForARecipe() {
    #expect(errors("name: a\nx-title: T\nprompt: p\n").isEmpty)
    #expect(errors("name: a\ntitle: T\n").map(\.message) == ["unknown key `title` in an agent"])
  }
}
