/// The ranges of the parameters: those of OpenAI's published schema, which every provider keeps within.
package enum ParameterRange {
  package static let temperature = 0.0...2.0
  package static let topP = 0.0...1.0
  /// Of both penalties.
  package static let penalty = -2.0...2.0
  /// Of both bounds of the reply's tokens.
  package static let tokenBound = 1...Int.max
  package static let choiceCount = 1...128
  package static let topLogprobs = 0...20
  package static let logitBias = -100...100
  /// How many texts may stop a reply.
  package static let stopCount = 1...4

  /// A range in words.
  package static func words(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }

  /// A range in words; its bounds are whole numbers.
  package static func words(_ range: ClosedRange<Double>) -> String {
    "from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
  }
}
