/// One step of a compiled pattern; targets are indexes of instructions.
enum PatternInstruction: Sendable {
  case match
  /// Bytes of `PatternProgram.literals`.
  case literal(lower: Int32, upper: Int32, backward: Bool)
  /// One code point of a set.
  case set(Int32, backward: Bool)
  /// A run of code points of one set; an index into `PatternProgram.loops`.
  case loop(Int32)
  case jump(Int32)
  /// Goes on, and later to the target if that failed.
  case splitElse(Int32)
  /// Goes to the target, and later on if that failed.
  case splitFirst(Int32)
  /// Remembers the position for a group.
  case save(register: Int32)
  /// Forgets what the groups inside a repetition took in the pass before (ECMA-262, 22.2.2.3.1).
  case reset(lower: Int32, upper: Int32)
  /// Remembers the position for the `progress` at the end of a repetition's body.
  case mark(register: Int32)
  /// Fails when the body of a repetition took nothing.
  case progress(register: Int32)
  case reference(group: Int32, backward: Bool)
  case start
  case end
  case wordBoundary(negative: Bool)
  /// Begins a lookaround with two registers: the height of the stack and the position.
  case lookOpen(register: Int32)
  /// Begins a negative one, that goes on at the target when its body fails.
  case lookOpenNegative(register: Int32, target: Int32)
  case lookClose(register: Int32)
  case lookCloseNegative(register: Int32)
}

/// A quantifier over a single set of code points, run in one instruction.
struct PatternLoop: Sendable {
  let set: Int
  let minimum: Int
  /// `Int.max`: without end.
  let maximum: Int
  let isLazy: Bool
  let isBackward: Bool
}

/// A compiled pattern. Immutable, and a class so that copies of a `Pattern` cost one retain.
final class PatternProgram: Sendable {
  /// Larger programs are refused: counted repetitions of groups are written out.
  static let sizeLimit = 10_000

  let instructions: [PatternInstruction]
  let literals: [UInt8]
  let loops: [PatternLoop]
  let sets: [ScalarSet]
  /// Two for the whole match and for each group, then those of marks and lookarounds.
  let registerCount: Int
  let groupCount: Int
  let groupNames: [PatternGroupName]
  let hasReferences: Bool
  let ignoresCase: Bool
  let start: PatternStart
  /// The same if each step can be taken in one way only, so that nothing has to be remembered.
  let straight: StraightProgram?

  init(_ code: PatternCompiler, parsed: ParsedPattern, ignoringCase: Bool) {
    instructions = code.instructions
    literals = code.literals
    loops = code.loops
    sets = code.sets
    registerCount = code.registerCount
    groupCount = parsed.groupCount
    groupNames = parsed.groupNames
    hasReferences = parsed.hasReferences
    ignoresCase = ignoringCase
    start = PatternStart(of: parsed)
    straight = parsed.hasReferences ? nil : StraightProgram(code, start: start)
  }
}

/// What can be said beforehand of the places where a match may begin, so that a search skips the others.
struct PatternStart: Sendable {
  /// Every match begins at the beginning of the text.
  let isAnchored: Bool

  /// The first characters of a match: ASCII exactly, all others as one; nil when a match may be empty.
  let first: FirstCharacters?

  /// The set of an endless repetition that every match begins with. When a search that began in a run of it has
  /// failed, so will one that begins later in the same run, because the rest was tried at all those places.
  let leadingLoopSet: Int?

  init(of parsed: ParsedPattern) {
    isAnchored = Self.isAnchored(parsed.root)
    var first = FirstCharacters()
    first.collect(parsed.root, sets: parsed.sets)
    self.first = first.isNullable ? nil : first
    leadingLoopSet = parsed.hasReferences ? nil : Self.leadingLoop(parsed.root)
  }

  private static func isAnchored(_ node: PatternNode) -> Bool {
    switch node {
    case .start: true
    case .sequence(let nodes): nodes.first.map(isAnchored) ?? false
    case .alternatives(let nodes): nodes.allSatisfy(isAnchored)
    case .capture(_, let node): isAnchored(node)
    default: false
    }
  }

  private static func leadingLoop(_ node: PatternNode) -> Int? {
    switch node {
    case .sequence(let nodes): return nodes.first.flatMap(leadingLoop)
    case .capture(_, let node): return leadingLoop(node)
    case .repetition(.set(let set), let quantifier, _, _) where quantifier.maximum == nil: return set
    default: return nil
    }
  }
}

/// The characters that something can begin with.
struct FirstCharacters: Sendable {
  private(set) var low: UInt64 = 0
  private(set) var high: UInt64 = 0
  private(set) var hasOthers = false
  /// Whether it can match without taking a character, so that what follows counts as well.
  private(set) var isNullable = true

  /// Whether a match may begin with this byte of UTF-8.
  func contains(_ byte: UInt8) -> Bool {
    if byte >= 0x80 { return hasOthers }
    return (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 == 1
  }

  /// Adds what `node` can begin with, standing behind what was collected.
  mutating func collect(_ node: PatternNode, sets: [ScalarSet]) {
    guard isNullable else { return }
    switch node {
    case .empty, .start, .end, .wordBoundary, .look: break
    case .reference: insertAll()
    case .scalar(let value):
      insert(value < 0x80 ? UInt8(value) : 0xFF)
      isNullable = false
    case .literal(let bytes):
      if let byte = bytes.first { insert(byte) }
      isNullable = bytes.isEmpty
    case .set(let index):
      low |= sets[index].asciiLow
      high |= sets[index].asciiHigh
      hasOthers = true
      isNullable = false
    case .sequence(let nodes):
      for node in nodes where isNullable { collect(node, sets: sets) }
    case .alternatives(let nodes):
      var anyIsNullable = false
      for node in nodes {
        isNullable = true
        collect(node, sets: sets)
        anyIsNullable = anyIsNullable || isNullable
      }
      isNullable = anyIsNullable
    case .capture(_, let node): collect(node, sets: sets)
    case .repetition(let node, let quantifier, _, _):
      if quantifier.maximum == 0 { return }
      collect(node, sets: sets)
      if quantifier.minimum == 0 { isNullable = true }
    }
  }

  private mutating func insert(_ byte: UInt8) {
    if byte >= 0x80 {
      hasOthers = true
    } else if byte < 64 {
      low |= 1 << UInt64(byte)
    } else {
      high |= 1 << UInt64(byte & 63)
    }
  }

  private mutating func insertAll() {
    low = .max
    high = .max
    hasOthers = true
  }
}
