/// Classes in brackets, and single characters as nodes.
extension PatternParser {
  /// Reads `[…]` or `[^…]`; stands on the bracket.
  mutating func parseClass() throws(PatternError) -> PatternNode {
    let opening = offset
    offset += 1
    let isNegated = take("^")
    var builder = ScalarSet.Builder()
    while true {
      guard let scalar = peek() else { throw PatternError(offset: opening, reason: "an unclosed class") }
      if scalar == "]" { break }
      try parseClassRange(into: &builder)
    }
    offset += 1
    builder.isInverted = isNegated
    return add(builder)
  }

  /// Reads one member of a class, or a range of them.
  private mutating func parseClassRange(into builder: inout ScalarSet.Builder) throws(PatternError) {
    let start = offset
    let first = try parseClassAtom()
    guard peek() == "-", let end = peek(1), end != "]" else {
      switch first {
      case .scalar(let value): builder.insert(value...value)
      case .set(let set): builder.formUnion(set)
      }
      return
    }
    offset += 1
    guard case .scalar(let lower) = first, case .scalar(let upper) = try parseClassAtom() else {
      throw PatternError(offset: start, reason: "a range between sets of characters; a literal `-` goes last")
    }
    guard lower <= upper else { throw PatternError(offset: start, reason: "a range that runs backward") }
    builder.insert(lower...upper)
  }

  private mutating func parseClassAtom() throws(PatternError) -> Escape {
    guard let scalar = peek() else { throw error("an unclosed class") }
    guard scalar == "\\" else {
      offset += 1
      return .scalar(scalar.value)
    }
    switch peek(1) {
    case "b":
      offset += 2
      return .scalar(0x08)
    case "-":
      offset += 2
      return .scalar(0x2D)
    default:
      return try parseEscape()
    }
  }

  /// A set as a node, closed over case where that is ignored.
  mutating func add(_ builder: ScalarSet.Builder) -> PatternNode {
    sets.append(ScalarSet(builder, ignoringCase: ignoringCase))
    return .set(sets.count - 1)
  }

  /// One character as a node: a set where it has several cases, or is half of a pair that no text can hold.
  mutating func literal(_ value: UInt32) -> PatternNode {
    if Unicode.Scalar(value) != nil, !(ignoringCase && CaseFolding.hasVariants(value)) { return .scalar(value) }
    var builder = ScalarSet.Builder()
    builder.insert(value...value)
    return add(builder)
  }
}
