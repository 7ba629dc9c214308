import MartletYAML

/// The error that a source is refused with, or `nil` if it is accepted.
func refusal(of bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> YAMLError? {
  do throws(YAMLError) {
    _ = try YAMLNode(parsing: bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

func refusal(of text: String, limits: YAMLLimits = YAMLLimits()) -> YAMLError? {
  refusal(of: Array(text.utf8), limits: limits)
}

extension YAMLNode {
  /// The value of a key of a mapping, or the item of a list, along a path.
  func at(_ path: any PathStep...) -> YAMLNode? {
    path.reduce(Optional(self)) { node, step in node.flatMap { step.step(from: $0) } }
  }

  /// Start and end as `line:column-line:column`.
  var span: String { "\(start)-\(end)" }

  /// The node without positions, in flow style; strings in quotes.
  var outline: String {
    switch content {
    case .sequence(let items): "[" + items.map(\.outline).joined(separator: ", ") + "]"
    case .mapping(let pairs):
      "{" + pairs.map { "\($0.key.outline): \($0.value.outline)" }.joined(separator: ", ") + "}"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: "null"
      case .bool(let bool): "\(bool)"
      case .number(let spelling): spelling
      case .nonFinite(let number): "<\(number)>"
      case .string(let text): "\"\(text)\""
      }
    }
  }

  /// The number of nodes in the tree.
  var count: Int {
    switch content {
    case .scalar: 1
    case .sequence(let items): items.reduce(1) { $0 + $1.count }
    case .mapping(let pairs): pairs.reduce(1) { $0 + $1.key.count + $1.value.count }
    }
  }
}

protocol PathStep {
  func step(from node: YAMLNode) -> YAMLNode?
}

extension Int: PathStep {
  func step(from node: YAMLNode) -> YAMLNode? {
    node.sequence.flatMap { $0.indices.contains(self) ? $0[self] : nil }
  }
}

extension String: PathStep {
  func step(from node: YAMLNode) -> YAMLNode? { node.mapping?.first { $0.key.scalar?.text == self }?.value }
}

let agentSource = """
  # yaml-language-server: $schema=./martlet.schema.json
  version: 1
  name: release-notes
  description: Writes release notes — from git history
  model:
    provider: local
    name: qwen3
    temperature: 0.70
    stop: ["5", "\\n\\n"]
    logit_bias: {"2435": -10}
    stream: true
  instructions: |
    You write release notes for {{ repo }}.

      - one line per change
      - naïve, größer, 日本語
    Be brief.
  prompt: "Write notes since {{ tag }}"
  parameters:
    - {name: tag, type: string, required: true, description: 'the git tag''s name'}
    - {name: repo, type: string, default: "."}
  limits: &limits {max_turns: 30, timeout: 10m}
  tools:
    - name: git_log
      description: >-
        Commits since
        a revision
      parameters: {type: object, properties: {since: {type: string}}, required: [since]}
      command: [git, log, --oneline, "{{ since }}.."]
      effect: read
    - {type: include, path: ../tools/weather.yaml}
  metadata:
    copy: *limits
    none: ~
    empty:
  """
