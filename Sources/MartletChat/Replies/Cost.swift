/// An amount of US dollars, counted in their 10¹⁵th parts, so that sums are exact; what is too large stays at the bound.
package struct Cost: Sendable, Hashable, Comparable {
  private let units: Int128

  /// Parts of a dollar that are counted.
  private static let unitsPerDollar: Int128 = 1_000_000_000_000_000

  private init(units: Int128) {
    self.units = units
  }

  /// Nothing.
  package static let zero = Cost(units: 0)

  /// The nearest amount; what is negative or no number is nothing.
  package init(dollars: Double) {
    let held = dollars > 0 ? min(dollars, 1e15) : 0
    units = Int128((held * Double(Self.unitsPerDollar)).rounded())
  }

  /// So many tokens at a price in billionths of a dollar for a million tokens.
  init(tokens: Int, price: Int64) {
    let (product, overflows) = Int128(max(tokens, 0)).multipliedReportingOverflow(by: Int128(price))
    units = overflows ? .max : product
  }

  package static func + (lhs: Cost, rhs: Cost) -> Cost {
    let (sum, overflows) = lhs.units.addingReportingOverflow(rhs.units)
    return Cost(units: overflows ? .max : sum)
  }

  package static func < (lhs: Cost, rhs: Cost) -> Bool { lhs.units < rhs.units }

  /// The nearest `Double`.
  package var dollars: Double { Double(units) / Double(Self.unitsPerDollar) }

  /// All digits of the dollars, such as `0.0001235`.
  package var decimal: String { decimal(places: 15, atLeast: 0) }

  /// The dollars as people write them: `$0.50`, `$0.001235`; six digits after the point at most.
  package var inWords: String {
    if units > 0, units < Self.unitsPerDollar / 1_000_000 { return "less than $0.000001" }
    return "$" + decimal(places: 6, atLeast: 2)
  }

  private func decimal(places: Int, atLeast kept: Int) -> String {
    var scale = Self.unitsPerDollar
    for _ in 0..<places { scale /= 10 }
    // At the bound there is no room to round up.
    let rounded = units / scale + (units % scale * 2 >= scale ? 1 : 0)
    let one = Self.unitsPerDollar / scale
    var digits = String(rounded % one)
    digits = String(repeating: "0", count: max(0, places - digits.count)) + digits
    while digits.count > kept, digits.last == "0" { digits.removeLast() }
    return digits.isEmpty ? String(rounded / one) : "\(rounded / one).\(digits)"
  }
}
