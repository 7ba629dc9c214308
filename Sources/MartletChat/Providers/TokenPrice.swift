/// What the tokens of a model cost, in US dollars per million.
///
/// ```swift
/// var provider = Provider.openAI
/// provider.prices["gpt-5-mini"] = TokenPrice(input: 0.25, output: 2)
/// ```
///
/// Prices change, so that none is built in. Nine digits after the point count, and a million dollars are the bound.
public struct TokenPrice: Sendable, Hashable {
  /// Of the prompt; tokens that the provider had in its cache cost as much, so that a sum is never too low.
  public let input: Double
  /// Of the reply, hidden reasoning included.
  public let output: Double

  private let inputUnits: Int64
  private let outputUnits: Int64

  /// Makes a price; what is negative or no number is nothing.
  public init(input: Double, output: Double) {
    (self.input, self.output) = (Self.held(input), Self.held(output))
    inputUnits = Int64((self.input * 1e9).rounded())
    outputUnits = Int64((self.output * 1e9).rounded())
  }

  private static func held(_ dollars: Double) -> Double { dollars > 0 ? min(dollars, maximum) : 0 }

  /// The most that a million tokens may cost.
  package static let maximum = 1_000_000.0

  /// What the tokens cost: those that are counted in the total alone as much as the reply's.
  func cost(of usage: Usage) -> Cost {
    Cost(tokens: usage.promptTokens, price: inputUnits) + Cost(tokens: usage.completionTokens, price: outputUnits)
      + Cost(tokens: usage.otherTokens, price: outputUnits)
  }
}
