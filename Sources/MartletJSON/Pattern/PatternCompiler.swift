/// Writes the instructions of a syntax tree. Its recursion is bounded by the parser's limit of depth.
struct PatternCompiler {
  private(set) var instructions: [PatternInstruction] = []
  private(set) var literals: [UInt8] = []
  private(set) var loops: [PatternLoop] = []
  private(set) var sets: [ScalarSet]
  private(set) var registerCount: Int
  private let groupNames: [PatternGroupName]

  static func compile(_ parsed: ParsedPattern, ignoringCase: Bool) throws(PatternError) -> PatternProgram {
    var compiler = PatternCompiler(parsed)
    try compiler.write(parsed.root, backward: false)
    try compiler.append(.match)
    return PatternProgram(compiler, parsed: parsed, ignoringCase: ignoringCase)
  }

  private init(_ parsed: ParsedPattern) {
    sets = parsed.sets
    registerCount = 2 * (parsed.groupCount + 1)
    groupNames = parsed.groupNames
  }

  /// `backward`: inside a lookbehind, which matches from right to left (ECMA-262, 22.2.2.4).
  private mutating func write(_ node: PatternNode, backward: Bool) throws(PatternError) {
    switch node {
    case .empty: break
    case .scalar(let value):
      guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else { return }
      try writeLiteral(Array(bytes), backward: backward)
    case .literal(let bytes): try writeLiteral(bytes, backward: backward)
    case .set(let index): try append(.set(Int32(index), backward: backward))
    case .sequence(let nodes):
      for index in nodes.indices {
        try write(nodes[backward ? nodes.count - 1 - index : index], backward: backward)
      }
    case .alternatives(let nodes): try writeAlternatives(nodes, backward: backward)
    case .capture(let index, let body):
      try append(.save(register: Int32(2 * index + (backward ? 1 : 0))))
      try write(body, backward: backward)
      try append(.save(register: Int32(2 * index + (backward ? 0 : 1))))
    case .repetition(let body, let quantifier, let groups, let bodyIsNullable):
      if try writeLoop(body, quantifier, backward: backward) { return }
      try writeRepetition(
        Repetition(body: body, quantifier: quantifier, groups: groups, isNullable: bodyIsNullable, backward: backward))
    case .look(let body, let behind, let negative): try writeLook(body, behind: behind, negative: negative)
    case .reference(let reference): try append(.reference(group: group(of: reference), backward: backward))
    case .start: try append(.start)
    case .end: try append(.end)
    case .wordBoundary(let negative): try append(.wordBoundary(negative: negative))
    }
  }

  private mutating func append(_ instruction: PatternInstruction) throws(PatternError) {
    guard instructions.count < PatternProgram.sizeLimit else {
      throw PatternError(
        offset: 0, reason: "too large: its repetitions come to more than \(PatternProgram.sizeLimit) steps")
    }
    instructions.append(instruction)
  }

  private var next: Int32 { Int32(instructions.count) }

  private func group(of reference: PatternReference) -> Int32 {
    switch reference {
    case .index(let index): Int32(index)
    case .name(let name): Int32(groupNames.first { $0.name == name }?.index ?? 0)
    }
  }

  private mutating func addRegisters(_ count: Int) -> Int32 {
    defer { registerCount += count }
    return Int32(registerCount)
  }

  private mutating func writeLiteral(_ bytes: [UInt8], backward: Bool) throws(PatternError) {
    let lower = Int32(literals.count)
    literals += bytes
    try append(.literal(lower: lower, upper: Int32(literals.count), backward: backward))
  }

  private mutating func writeAlternatives(_ nodes: [PatternNode], backward: Bool) throws(PatternError) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try write(node, backward: backward)
        break
      }
      let split = instructions.count
      try append(.splitElse(0))
      try write(node, backward: backward)
      jumps.append(instructions.count)
      try append(.jump(0))
      instructions[split] = .splitElse(next)
    }
    for jump in jumps { instructions[jump] = .jump(next) }
  }

  /// Writes a quantifier over a single character as one instruction; false when the body is more than that.
  private mutating func writeLoop(
    _ body: PatternNode, _ quantifier: PatternQuantifier, backward: Bool
  ) throws(PatternError) -> Bool {
    let set: Int
    switch body {
    case .set(let index): set = index
    case .scalar(let value):
      var builder = ScalarSet.Builder()
      builder.insert(value...value)
      sets.append(ScalarSet(builder, ignoringCase: false))
      set = sets.count - 1
    default: return false
    }
    loops.append(
      PatternLoop(
        set: set, minimum: quantifier.minimum, maximum: quantifier.maximum ?? .max, isLazy: quantifier.isLazy,
        isBackward: backward))
    try append(.loop(Int32(loops.count - 1)))
    return true
  }

  private struct Repetition {
    let body: PatternNode
    let quantifier: PatternQuantifier
    let groups: Range<Int>
    let isNullable: Bool
    let backward: Bool
  }

  private mutating func writeRepetition(_ repetition: Repetition) throws(PatternError) {
    let quantifier = repetition.quantifier
    // A body that takes something every time need not be written twice for one or more.
    let closesOnItself = quantifier.maximum == nil && quantifier.minimum > 0 && !repetition.isNullable
    for _ in 0..<(closesOnItself ? quantifier.minimum - 1 : quantifier.minimum) {
      let size = instructions.count
      try writeBody(repetition, mayBeEmpty: true)
      if instructions.count == size { break }
    }
    if closesOnItself {
      let top = next
      try writeBody(repetition, mayBeEmpty: true)
      try append(quantifier.isLazy ? .splitElse(top) : .splitFirst(top))
    } else if let maximum = quantifier.maximum {
      try writeOptional(repetition, count: maximum - quantifier.minimum)
    } else {
      let split = instructions.count
      try append(.splitElse(0))
      try writeBody(repetition, mayBeEmpty: false)
      try append(.jump(Int32(split)))
      instructions[split] = quantifier.isLazy ? .splitFirst(next) : .splitElse(next)
    }
  }

  /// Writes up to `count` more passes, each of which may be the last.
  private mutating func writeOptional(_ repetition: Repetition, count: Int) throws(PatternError) {
    var splits: [Int] = []
    for _ in 0..<count {
      splits.append(instructions.count)
      try append(.splitElse(0))
      try writeBody(repetition, mayBeEmpty: false)
    }
    for split in splits {
      instructions[split] = repetition.quantifier.isLazy ? .splitFirst(next) : .splitElse(next)
    }
  }

  private mutating func writeBody(_ repetition: Repetition, mayBeEmpty: Bool) throws(PatternError) {
    if !repetition.groups.isEmpty {
      try append(
        .reset(lower: Int32(2 * repetition.groups.lowerBound), upper: Int32(2 * repetition.groups.upperBound)))
    }
    guard repetition.isNullable, !mayBeEmpty else {
      return try write(repetition.body, backward: repetition.backward)
    }
    let register = addRegisters(1)
    try append(.mark(register: register))
    try write(repetition.body, backward: repetition.backward)
    try append(.progress(register: register))
  }

  private mutating func writeLook(_ body: PatternNode, behind: Bool, negative: Bool) throws(PatternError) {
    let register = addRegisters(2)
    let opening = instructions.count
    try append(.lookOpen(register: register))
    try write(body, backward: behind)
    try append(negative ? .lookCloseNegative(register: register) : .lookClose(register: register))
    if negative { instructions[opening] = .lookOpenNegative(register: register, target: next) }
  }
}
