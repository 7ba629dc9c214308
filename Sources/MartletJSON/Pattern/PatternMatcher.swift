/// One search: a backtracking walk over the program with a stack of its own, counting its steps.
struct PatternMatcher {
  let program: PatternProgram
  let text: UnsafeBufferPointer<UInt8>
  /// Without it groups are not recorded, unless the pattern refers back to them.
  private let recordsCaptures: Bool
  private let stepLimit: Int
  var remainingSteps: Int
  private(set) var registers: [Int]
  private var stack: [Choice] = []
  var position = 0
  private var next = 0

  /// What to do when the way that was taken fails.
  private enum Choice {
    case resume(next: Int32, position: Int)
    case restore(register: Int32, value: Int)
    /// Gives back one code point of a greedy loop, down to `limit`.
    case shrink(loop: Int32, next: Int32, position: Int, limit: Int)
    /// Takes one more code point in a lazy loop, up to `remaining` of them.
    case grow(loop: Int32, next: Int32, position: Int, remaining: Int)
  }

  init(program: PatternProgram, text: UnsafeBufferPointer<UInt8>, recordingCaptures: Bool, stepLimit: Int) {
    self.program = program
    self.text = text
    self.recordsCaptures = recordingCaptures || program.hasReferences
    self.stepLimit = stepLimit
    self.remainingSteps = stepLimit
    let isPlain = !recordsCaptures && program.registerCount == 2 * (program.groupCount + 1)
    self.registers = isPlain ? [] : Array(repeating: -1, count: program.registerCount)
  }

  /// The UTF-8 offsets of the match and its groups; nil when there is none.
  mutating func search() throws(PatternStepLimitError) -> [Int]? {
    guard let (start, end) = try find() else { return nil }
    guard recordsCaptures else { return [start, end] }
    registers[0] = start
    registers[1] = end
    return Array(registers[..<(2 * (program.groupCount + 1))])
  }

  /// The UTF-8 offsets of the match; nil when there is none.
  mutating func find() throws(PatternStepLimitError) -> (start: Int, end: Int)? {
    let plan = program.start
    var start = 0
    while true {
      if let first = plan.first, !plan.isAnchored {
        while start < text.count, !(isBoundary(start) && first.contains(text[start])) { start += 1 }
        if start == text.count { return nil }
      }
      if let end = try run(from: start) { return (start, end) }
      if plan.isAnchored || start >= text.count { return nil }
      if let set = plan.leadingLoopSet {
        while let after = positionAfter(set, at: start) { start = after }
      }
      start = min(start + 1, text.count)
      while start < text.count, !isBoundary(start) { start += 1 }
    }
  }

  /// Runs the program at one place; the end of the match or nil.
  private mutating func run(from start: Int) throws(PatternStepLimitError) -> Int? {
    position = start
    next = 0
    stack.removeAll(keepingCapacity: true)
    while true {
      try spend(1)
      let instruction = program.instructions[next]
      next += 1
      var succeeded = true
      switch instruction {
      case .match: return position
      case .literal(let lower, let upper, let backward):
        succeeded = consume(literal: Int(lower)..<Int(upper), backward: backward)
      case .set(let set, let backward):
        if isBeyondASCII(backward: backward) { try spend(1) }
        let after = backward ? positionBefore(Int(set), at: position) : positionAfter(Int(set), at: position)
        if let after { position = after } else { succeeded = false }
      case .loop(let index): succeeded = try enterLoop(index)
      case .jump(let target): next = Int(target)
      case .splitElse(let target): stack.append(.resume(next: target, position: position))
      case .splitFirst(let target):
        stack.append(.resume(next: Int32(next), position: position))
        next = Int(target)
      case .save(let register): if recordsCaptures { set(register, to: position) }
      case .reset(let lower, let upper): if recordsCaptures { try forget(lower..<upper) }
      case .mark(let register): set(register, to: position)
      case .progress(let register): succeeded = registers[Int(register)] != position
      case .reference(let group, let backward): succeeded = try consume(group: Int(group), backward: backward)
      case .start: succeeded = position == 0
      case .end: succeeded = position == text.count
      case .wordBoundary(let negative): succeeded = isAtWordBoundary != negative
      case .lookOpen(let register): openLook(register)
      case .lookOpenNegative(let register, let target):
        openLook(register)
        stack.append(.resume(next: target, position: position))
      case .lookClose(let register): try closeLook(register)
      case .lookCloseNegative(let register):
        unwind(to: registers[Int(register)])
        succeeded = false
      }
      if !succeeded, !backtrack() { return nil }
    }
  }

  private mutating func spend(_ steps: Int) throws(PatternStepLimitError) {
    remainingSteps -= steps
    if remainingSteps < 0 { throw PatternStepLimitError(stepLimit: stepLimit) }
  }

  // MARK: Backtracking

  /// Takes up the latest choice that is left; false when there is none.
  private mutating func backtrack() -> Bool {
    while let choice = stack.popLast() {
      switch choice {
      case .restore(let register, let value): registers[Int(register)] = value
      case .resume(let next, let position):
        self.next = Int(next)
        self.position = position
        return true
      case .shrink(let index, let next, let position, let limit):
        self.next = Int(next)
        let isBackward = program.loops[Int(index)].isBackward
        self.position = isBackward ? boundary(after: position) : boundary(before: position)
        if self.position != limit {
          stack.append(.shrink(loop: index, next: next, position: self.position, limit: limit))
        }
        return true
      case .grow(let index, let next, let position, let remaining):
        let loop = program.loops[Int(index)]
        let after =
          loop.isBackward ? positionBefore(loop.set, at: position) : positionAfter(loop.set, at: position)
        guard let after else { continue }
        self.next = Int(next)
        self.position = after
        if remaining > 1 {
          stack.append(.grow(loop: index, next: next, position: after, remaining: remaining - 1))
        }
        return true
      }
    }
    return false
  }

  private mutating func set(_ register: Int32, to value: Int) {
    stack.append(.restore(register: register, value: registers[Int(register)]))
    registers[Int(register)] = value
  }

  private mutating func forget(_ range: Range<Int32>) throws(PatternStepLimitError) {
    try spend(range.count / 16)
    for register in range where registers[Int(register)] != -1 { set(register, to: -1) }
  }

  private mutating func openLook(_ register: Int32) {
    registers[Int(register)] = stack.count
    registers[Int(register) + 1] = position
  }

  /// Drops the choices inside a lookaround that has matched, but keeps what undoes its groups.
  private mutating func closeLook(_ register: Int32) throws(PatternStepLimitError) {
    let height = registers[Int(register)]
    try spend((stack.count - height) / 8)
    position = registers[Int(register) + 1]
    var kept = height
    for index in height..<stack.count {
      guard case .restore = stack[index] else { continue }
      stack[kept] = stack[index]
      kept += 1
    }
    stack.removeLast(stack.count - kept)
  }

  private mutating func unwind(to height: Int) {
    while stack.count > height, let choice = stack.popLast() {
      if case .restore(let register, let value) = choice { registers[Int(register)] = value }
    }
  }

  // MARK: Taking characters

  /// Runs a loop as far as it first wants to, and leaves the other ends as a choice.
  private mutating func enterLoop(_ index: Int32) throws(PatternStepLimitError) -> Bool {
    let loop = program.loops[Int(index)]
    let begin = position
    var count = 0
    var limit = position
    let target = loop.isLazy ? loop.minimum : loop.maximum
    while count < target {
      let after = loop.isBackward ? positionBefore(loop.set, at: position) : positionAfter(loop.set, at: position)
      guard let after else { break }
      position = after
      count += 1
      if count == loop.minimum { limit = position }
    }
    // What is beyond ASCII takes more bytes than one, and is decoded and looked up.
    try spend(count / 16 + abs(position - begin) - count)
    guard count >= loop.minimum else { return false }
    if loop.isLazy {
      if loop.maximum > count {
        stack.append(
          .grow(loop: index, next: Int32(next), position: position, remaining: loop.maximum - count))
      }
    } else if position != limit {
      stack.append(.shrink(loop: index, next: Int32(next), position: position, limit: limit))
    }
    return true
  }

  private mutating func consume(literal range: Range<Int>, backward: Bool) -> Bool {
    let count = range.count
    let start = backward ? position - count : position
    guard start >= 0, start <= text.count - count else { return false }
    var equal = 0
    while equal < count, text[start + equal] == program.literals[range.lowerBound + equal] { equal += 1 }
    remainingSteps -= equal / 16
    guard equal == count else { return false }
    position = backward ? start : start + count
    return true
  }

  /// What the group took, once more; a group that took no part matches the empty text.
  private mutating func consume(group: Int, backward: Bool) throws(PatternStepLimitError) -> Bool {
    let (start, end) = (registers[2 * group], registers[2 * group + 1])
    guard start >= 0, end > start else { return true }
    try spend((end - start) / (program.ignoresCase ? 2 : 4))
    var own = backward ? end : start
    var other = position
    while own != (backward ? start : end) {
      guard let expected = backward ? scalar(before: own) : scalar(at: own),
        let found = backward ? scalar(before: other) : scalar(at: other),
        expected.value == found.value
          || program.ignoresCase && CaseFolding.folded(expected.value) == CaseFolding.folded(found.value)
      else { return false }
      own += backward ? -expected.width : expected.width
      other += backward ? -found.width : found.width
    }
    position = other
    return true
  }
}
