import Martlet
import MartletJSON
import Testing

@testable import MartletChat

/// An agent file and the client refuse the same values of a parameter.
@Suite struct ParameterAgreementTests {
  struct Parameter: Sendable, CustomTestStringConvertible {
    let name: String
    let accepted: [JSONValue]
    let refused: [JSONValue]
    let set: @Sendable (inout ChatRequest, JSONValue) -> Void

    var testDescription: String { name }
  }

  private static let parameters: [Parameter] = [
    Parameter(name: "temperature", accepted: [0, 2], refused: [-0.1, 2.1]) { $0.temperature = $1.doubleValue },
    Parameter(name: "top_p", accepted: [0, 1], refused: [-0.1, 1.1]) { $0.topP = $1.doubleValue },
    Parameter(name: "max_tokens", accepted: [1, 1_000_000], refused: [0, -1]) { $0.maxTokens = $1.intValue },
    Parameter(name: "max_completion_tokens", accepted: [1, 1_000_000], refused: [0, -1]) {
      $0.maxCompletionTokens = $1.intValue
    },
    Parameter(name: "presence_penalty", accepted: [-2, 2], refused: [-2.1, 2.1]) {
      $0.presencePenalty = $1.doubleValue
    },
    Parameter(name: "frequency_penalty", accepted: [-2, 2], refused: [-2.1, 2.1]) {
      $0.frequencyPenalty = $1.doubleValue
    },
    Parameter(name: "top_logprobs", accepted: [0, 20], refused: [-1, 21]) { $0.topLogprobs = $1.intValue },
    Parameter(
      name: "stop", accepted: [["a"], ["a", "b", "c", "\n"]], refused: [["a", "b", "c", "d", "e"], [""], ["a", ""]]
    ) { request, value in
      request.stop = value.arrayValue?.compactMap(\.stringValue) ?? []
    },
    Parameter(name: "logit_bias", accepted: [["7": -100], ["7": 100]], refused: [["7": -101], ["7": 101]]) {
      request, value in
      for member in value.objectValue ?? [:] { request.logitBias[member.key] = member.value.intValue }
    },
    Parameter(name: "seed", accepted: [-1, 7], refused: []) { $0.seed = $1.intValue },
  ]

  @Test(arguments: parameters) func theyDrawTheSameLine(parameter: Parameter) {
    for (values, isAccepted) in [(parameter.accepted, true), (parameter.refused, false)] {
      for value in values {
        let file =
          "name: a\nmodel: {provider: openai, name: m, logprobs: true, \(parameter.name): \(value.canonicalString())}\n"
        let loaded = AgentDefinition.load(bytes: Array(file.utf8), name: "a.yaml", .init(environment: [:]))
        #expect((loaded.definition != nil) == isAccepted, "\(value) in a file")
        var request = ChatRequest(model: "m", messages: [.user("U")], logprobs: true)
        parameter.set(&request, value)
        #expect((request.problem == nil) == isAccepted, "\(value) from Swift")
        if !isAccepted { #expect(request.problem?.param == parameter.name) }
      }
    }
  }

  /// What a file can say and a program cannot.
  @Test(arguments: [
    (#""""#, "a stop text is empty: no reply could begin"), ("[a, '']", "a stop text is empty: no reply could begin"),
    ("[]", "expected from 1 to 4 stop texts, found 0"), ("[a, b, c, d, e]", "expected from 1 to 4 stop texts, found 5"),
  ]) func stopTextsOfAFileAreSomething(value: String, message: String) {
    let file = "name: a\nmodel: {provider: openai, name: m, stop: \(value)}\n"
    let loaded = AgentDefinition.load(bytes: Array(file.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.diagnostics.filter { $0.severity == .error }.map(\.message) == [message])
  }
}
