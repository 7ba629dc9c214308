import MartletChat
import MartletJSON
import MartletYAML

/// What the tokens of one model cost, as an agent file says it.
struct PriceDeclaration: Sendable {
  var input: Double?
  var output: Double?

  static let table = FieldTable<PriceDeclaration>("a price") {
    Field(
      "input", \.input, .price, required: true, "US dollars per million tokens of the prompt, those in a cache included"
    )
    Field("output", \.output, .price, required: true, "US dollars per million tokens of the reply, reasoning included")
  }
}

extension FieldType<Double> {
  fileprivate static let price = FieldType<JSONValue>.number(0...TokenPrice.maximum).map { value, _, _ in
    value.doubleValue
  }

  /// An amount of US dollars above zero.
  static let dollars = FieldType(schema: ["type": "number", "exclusiveMinimum": 0]) { node, reader in
    guard case .number(let spelling)? = node.scalar?.value, let number = JSONNumber(spelling: spelling) else {
      reader.reportType(node, expected: "a number")
      return nil
    }
    if let dollars = number.doubleValue, dollars > 0 { return dollars }
    let isTooLarge = number.doubleValue == nil && spelling.utf8.first != UInt8(ascii: "-")
    let expected = isTooLarge ? "a smaller number" : "a number above 0"
    reader.report("expected \(expected), found \(spelling.prefix(40))", at: node.start)
    return nil
  }
}

extension FieldType<[String: TokenPrice]> {
  /// Prices by the names of the models.
  static let prices = FieldType(
    schema: ["type": "object", "additionalProperties": PriceDeclaration.table.schema]
  ) { node, reader in
    guard let pairs = reader.mapping(node, expected: "prices by the names of models") else { return nil }
    var prices: [String: TokenPrice] = [:]
    for pair in pairs {
      guard let name = reader.key(of: pair.key) else { continue }
      if prices[name] != nil {
        reader.report("duplicate key `\(name)`", at: pair.key.start, hint: "keep one of them")
      }
      var price = PriceDeclaration()
      reader.within(name) { reader.readFields(of: pair.value, PriceDeclaration.table, into: &price) }
      prices[name] = TokenPrice(input: price.input ?? 0, output: price.output ?? 0)
    }
    return prices
  }
}
