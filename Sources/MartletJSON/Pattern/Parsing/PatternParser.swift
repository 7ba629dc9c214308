/// Reads a pattern into its syntax tree; groups wait on a stack of its own, so that nesting costs no call depth.
struct PatternParser {
  /// Deeper nesting is refused, which also bounds the recursion of the compiler.
  static let depthLimit = 100

  /// Longer patterns are refused, in code points.
  static let lengthLimit = 10_000

  let scalars: [UInt32]
  let ignoringCase: Bool
  var offset = 0
  var sets: [ScalarSet] = []
  private var groupCount = 0
  private var groupNames: [PatternGroupName] = []
  private var references: [(reference: PatternReference, offset: Int)] = []
  private var frames = [Frame(kind: .nonCapturing, opening: 0, firstGroup: 1)]

  private enum GroupKind {
    case nonCapturing
    case capturing(Int)
    case look(behind: Bool, negative: Bool)
  }

  /// A group that is not closed yet; the pattern itself is the first.
  private struct Frame {
    let kind: GroupKind
    let opening: Int
    /// The number of the first group that opens inside it.
    let firstGroup: Int
    var alternatives: [PatternNode] = []
    var terms: [PatternNode] = []

    var isLook: Bool {
      if case .look = kind { true } else { false }
    }

    func closed() -> PatternNode {
      let last = PatternNode.joining(terms)
      let body = alternatives.isEmpty ? last : .alternatives(alternatives + [last])
      switch kind {
      case .nonCapturing: return body
      case .capturing(let index): return .capture(index, body)
      case .look(let behind, let negative): return .look(body, behind: behind, negative: negative)
      }
    }
  }

  init(_ source: String, ignoringCase: Bool) {
    self.scalars = source.unicodeScalars.map(\.value)
    self.ignoringCase = ignoringCase
  }

  mutating func parse() throws(PatternError) -> ParsedPattern {
    guard scalars.count <= Self.lengthLimit else {
      throw PatternError(offset: Self.lengthLimit, reason: "longer than \(Self.lengthLimit) characters")
    }
    while let scalar = peek() {
      switch scalar {
      case "|":
        offset += 1
        frames[frames.count - 1].alternatives.append(.joining(frames[frames.count - 1].terms))
        frames[frames.count - 1].terms = []
      case "(":
        try openGroup()
      case ")":
        guard frames.count > 1, let frame = frames.popLast() else { throw error("there is no group to close") }
        offset += 1
        try append(frame.closed(), firstGroup: frame.firstGroup, isAssertion: frame.isLook)
      default:
        let firstGroup = groupCount + 1
        let node = try parseAtom(scalar)
        try append(node, firstGroup: firstGroup, isAssertion: node.isAssertion)
      }
    }
    if frames.count > 1, let open = frames.last {
      throw PatternError(offset: open.opening, reason: "an unclosed group")
    }
    try checkReferences()
    return ParsedPattern(
      root: frames[0].closed(), sets: sets, groupCount: groupCount, groupNames: groupNames,
      hasReferences: !references.isEmpty)
  }

  private mutating func openGroup() throws(PatternError) {
    let opening = offset
    guard frames.count <= Self.depthLimit else { throw error("groups nested more than \(Self.depthLimit) deep") }
    offset += 1
    var kind = GroupKind.nonCapturing
    if take("?:") {
    } else if take("?=") {
      kind = .look(behind: false, negative: false)
    } else if take("?!") {
      kind = .look(behind: false, negative: true)
    } else if take("?<=") {
      kind = .look(behind: true, negative: false)
    } else if take("?<!") {
      kind = .look(behind: true, negative: true)
    } else {
      groupCount += 1
      kind = .capturing(groupCount)
      if take("?<") {
        let nameOffset = offset
        let name = try parseGroupName()
        if groupNames.contains(where: { $0.name == name }) {
          throw PatternError(offset: nameOffset, reason: "a second group named \"\(name)\"")
        }
        groupNames.append(PatternGroupName(name: name, index: groupCount))
      } else if peek() == "?" {
        throw error("an unknown kind of group, known are (?: (?= (?! (?<= (?<! and (?<name>")
      }
    }
    let firstGroup: Int
    if case .capturing(let index) = kind { firstGroup = index } else { firstGroup = groupCount + 1 }
    frames.append(Frame(kind: kind, opening: opening, firstGroup: firstGroup))
  }

  /// Adds a term to the open group, wrapped in the quantifier that follows it.
  private mutating func append(_ node: PatternNode, firstGroup: Int, isAssertion: Bool) throws(PatternError) {
    let quantifierOffset = offset
    guard let quantifier = try parseQuantifier() else {
      frames[frames.count - 1].terms.append(node)
      return
    }
    guard !isAssertion else {
      throw PatternError(offset: quantifierOffset, reason: "an assertion cannot be repeated")
    }
    let repeated = PatternNode.repetition(
      node, quantifier, groups: firstGroup..<(groupCount + 1), bodyIsNullable: node.isNullable)
    frames[frames.count - 1].terms.append(repeated)
  }

  private mutating func parseAtom(_ scalar: Unicode.Scalar) throws(PatternError) -> PatternNode {
    switch scalar {
    case "^":
      offset += 1
      return .start
    case "$":
      offset += 1
      return .end
    case ".":
      offset += 1
      return add(ScalarSet.Builder.anyButLineTerminators)
    case "[": return try parseClass()
    case "\\": return try parseAtomEscape()
    case "*", "+", "?": throw error("nothing to repeat before `\(scalar)`")
    case "{", "}", "]": throw error("a literal `\(scalar)` must be written `\\\(scalar)`")
    default:
      offset += 1
      return literal(scalar.value)
    }
  }

  /// Reads `*`, `+`, `?` or a count in braces, each perhaps made lazy by a `?`.
  private mutating func parseQuantifier() throws(PatternError) -> PatternQuantifier? {
    var quantifier: PatternQuantifier
    switch peek() {
    case "*": quantifier = PatternQuantifier(minimum: 0, maximum: nil, isLazy: false)
    case "+": quantifier = PatternQuantifier(minimum: 1, maximum: nil, isLazy: false)
    case "?": quantifier = PatternQuantifier(minimum: 0, maximum: 1, isLazy: false)
    case "{": quantifier = try parseCounts()
    default: return nil
    }
    offset += 1
    if peek() == "?" {
      offset += 1
      quantifier.isLazy = true
    }
    return quantifier
  }

  /// Reads `{2`, `{2,` or `{2,5`, and stands before the closing brace.
  private mutating func parseCounts() throws(PatternError) -> PatternQuantifier {
    let opening = offset
    offset += 1
    var quantifier = PatternQuantifier(minimum: 0, maximum: nil, isLazy: false)
    let minimum = parseDecimal()
    quantifier.minimum = minimum ?? 0
    if peek() == "," {
      offset += 1
      quantifier.maximum = parseDecimal()
    } else {
      quantifier.maximum = minimum
    }
    guard minimum != nil, peek() == "}" else {
      throw PatternError(
        offset: opening, reason: "`{` begins a count such as {2} or {2,5}; a literal one must be written `\\{`")
    }
    if let maximum = quantifier.maximum, maximum < quantifier.minimum {
      throw PatternError(offset: opening, reason: "a count whose maximum is below its minimum")
    }
    return quantifier
  }

  mutating func addReference(_ reference: PatternReference, at offset: Int) -> PatternNode {
    references.append((reference, offset))
    return .reference(reference)
  }

  /// A group may stand after its reference, hence only now.
  private func checkReferences() throws(PatternError) {
    for (reference, offset) in references {
      switch reference {
      case .index(let index) where index > groupCount:
        throw PatternError(offset: offset, reason: "there is no group \(index)")
      case .name(let name) where !groupNames.contains { $0.name == name }:
        throw PatternError(offset: offset, reason: "there is no group named \"\(name)\"")
      default: break
      }
    }
  }
}
