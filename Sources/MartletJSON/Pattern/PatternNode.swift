/// The syntax tree of a pattern.
indirect enum PatternNode: Sendable {
  case empty
  /// One code point, as long as a quantifier may still take it by itself.
  case scalar(UInt32)
  /// Several code points in a row, as UTF-8.
  case literal([UInt8])
  /// An index into the pattern's sets.
  case set(Int)
  case sequence([PatternNode])
  case alternatives([PatternNode])
  case capture(Int, PatternNode)
  case repetition(PatternNode, PatternQuantifier, groups: Range<Int>, bodyIsNullable: Bool)
  case look(PatternNode, behind: Bool, negative: Bool)
  case reference(PatternReference)
  case start
  case end
  case wordBoundary(negative: Bool)

  /// Whether it takes no character; ECMA-262 with `u` allows no quantifier right after one.
  var isAssertion: Bool {
    switch self {
    case .look, .start, .end, .wordBoundary: true
    default: false
    }
  }

  /// Whether it can match without taking a character.
  var isNullable: Bool {
    switch self {
    case .empty, .look, .reference, .start, .end, .wordBoundary: true
    case .scalar, .set: false
    case .literal(let bytes): bytes.isEmpty
    case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
    case .alternatives(let nodes): nodes.contains(where: \.isNullable)
    case .capture(_, let node): node.isNullable
    case .repetition(_, let quantifier, _, let bodyIsNullable): quantifier.minimum == 0 || bodyIsNullable
    }
  }

  /// Joins what stood side by side, code points that no quantifier took to literals.
  static func joining(_ terms: [PatternNode]) -> PatternNode {
    if terms.count == 1 { return terms[0] }
    var nodes: [PatternNode] = []
    var bytes: [UInt8] = []
    for term in terms {
      if case .scalar(let value) = term, let scalar = Unicode.Scalar(value) {
        bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        continue
      }
      if !bytes.isEmpty { nodes.append(.literal(bytes)) }
      bytes.removeAll()
      nodes.append(term)
    }
    if !bytes.isEmpty { nodes.append(.literal(bytes)) }
    switch nodes.count {
    case 0: return .empty
    case 1: return nodes[0]
    default: return .sequence(nodes)
    }
  }
}

/// How often something may be repeated, and whether more or fewer times are tried first.
struct PatternQuantifier: Sendable, Hashable {
  var minimum: Int
  /// nil: without end.
  var maximum: Int?
  var isLazy: Bool
}

/// What a backreference names.
enum PatternReference: Sendable, Hashable {
  case index(Int)
  case name(String)
}

/// A named group and its number.
struct PatternGroupName: Sendable, Hashable {
  let name: String
  let index: Int
}

/// What the parser hands to the compiler.
struct ParsedPattern: Sendable {
  let root: PatternNode
  let sets: [ScalarSet]
  let groupCount: Int
  let groupNames: [PatternGroupName]
  let hasReferences: Bool
}
