/// A program that never has a choice, such as that of `^[A-Z]{3}-[0-9]+$`: no stack, and one look at a byte.
struct StraightProgram: Sendable {
  let steps: [StraightStep]
  let literals: [UInt8]
  let sets: [ScalarSet]
  let start: PatternStart

  /// Takes the steps of a program; nil if it has a choice.
  init?(_ code: PatternCompiler, start: PatternStart) {
    steps = StraightStep.steps(of: code)
    guard !steps.isEmpty else { return nil }
    literals = code.literals
    sets = code.sets
    self.start = start
  }

  /// Whether a part of the text matches; takes what it does from `budget`, and gives up when that is below zero.
  func matches(_ text: UnsafeBufferPointer<UInt8>, budget: inout Int) -> Bool {
    steps.withUnsafeBufferPointer { steps in
      if start.isAnchored { return matches(text, steps, from: 0, &budget) }
      var position = 0
      while budget >= 0 {
        if let first = start.first {
          while position < text.count, !(text[position] & 0xC0 != 0x80 && first.contains(text[position])) {
            position += 1
          }
          if position == text.count { return false }
        }
        if matches(text, steps, from: position, &budget) { return true }
        guard position < text.count else { return false }
        position = next(text, after: position)
      }
      return false
    }
  }

  /// Where the next search begins: not in the same run of an endless repetition that has failed.
  private func next(_ text: UnsafeBufferPointer<UInt8>, after position: Int) -> Int {
    var place = position
    if let set = start.leadingLoopSet {
      while let after = self.position(after: place, text, set) { place = after }
    }
    place = min(place + 1, text.count)
    while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
    return place
  }

  private func matches(
    _ text: UnsafeBufferPointer<UInt8>, _ steps: UnsafeBufferPointer<StraightStep>, from start: Int, _ budget: inout Int
  ) -> Bool {
    var position = start
    for step in steps {
      budget -= 1
      guard budget >= 0 else { return false }
      switch step {
      case .literal(let range):
        guard position <= text.count - range.count else { return false }
        let equal = equalBytes(text, position, range)
        budget -= equal / 16
        guard equal == range.count else { return false }
        position += equal
      case .run(let low, let high, let set, let minimum, let maximum):
        let count = takeRun(text, &position, (low, high), set, maximum, &budget)
        guard count >= minimum else { return false }
      case .start: guard position == 0 else { return false }
      case .end: guard position == text.count else { return false }
      }
    }
    return true
  }

  /// How many bytes of a literal stand at a place; all of them would fit into the text.
  @inline(__always)
  private func equalBytes(_ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ literal: Range<Int>) -> Int {
    var equal = 0
    while equal < literal.count, text[place + equal] == literals[literal.lowerBound + equal] { equal += 1 }
    return equal
  }

  /// The end of the code point at a place if the set holds it. The text is valid UTF-8.
  private func position(after place: Int, _ text: UnsafeBufferPointer<UInt8>, _ set: Int) -> Int? {
    guard place < text.count else { return nil }
    let first = UInt32(text[place])
    if first < 0x80 { return sets[set].contains(ascii: text[place]) ? place + 1 : nil }
    let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard place + width <= text.count else { return nil }
    var value = first & (0x7F >> UInt32(width))
    for index in (place + 1)..<(place + width) { value = value << 6 | UInt32(text[index]) & 0x3F }
    return sets[set].contains(value) ? place + width : nil
  }

  /// Takes code points of a set, at most so many, and gives their number. What is beyond ASCII is paid for one by one.
  @inline(__always)
  private func takeRun(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ ascii: (low: UInt64, high: UInt64), _ set: Int,
    _ maximum: Int, _ budget: inout Int
  ) -> Int {
    var count = 0
    while count < maximum, position < text.count {
      let byte = text[position]
      if byte < 0x80 {
        guard (byte < 64 ? ascii.low : ascii.high) >> UInt64(byte & 63) & 1 == 1 else { break }
        position += 1
      } else {
        budget -= 1
        guard budget >= 0, let after = self.position(after: position, text, set) else { break }
        position = after
      }
      count += 1
    }
    budget -= count / 16
    return count
  }
}

/// A step of such a program.
enum StraightStep: Sendable {
  case literal(Range<Int>)
  /// A run of a set's code points, given by its ASCII members and its index.
  case run(low: UInt64, high: UInt64, set: Int, minimum: Int, maximum: Int)
  case start
  case end

  /// The steps of a program; none if it has a choice.
  static func steps(of code: PatternCompiler) -> [StraightStep] {
    var steps: [StraightStep] = []
    for (index, instruction) in code.instructions.enumerated() {
      switch instruction {
      case .match: return steps
      case .save: continue
      case .start: steps.append(.start)
      case .end: steps.append(.end)
      case .literal(let lower, let upper, backward: false): steps.append(.literal(Int(lower)..<Int(upper)))
      case .set(let set, backward: false): steps.append(run(of: Int(set), minimum: 1, maximum: 1, code))
      case .loop(let index_):
        let loop = code.loops[Int(index_)]
        guard !loop.isBackward, hasOneEnd(loop, before: code.instructions[(index + 1)...], code) else { return [] }
        steps.append(run(of: loop.set, minimum: loop.minimum, maximum: loop.maximum, code))
      default: return []
      }
    }
    return []
  }

  private static func run(of set: Int, minimum: Int, maximum: Int, _ code: PatternCompiler) -> StraightStep {
    .run(
      low: code.sets[set].asciiLow, high: code.sets[set].asciiHigh, set: set, minimum: minimum, maximum: maximum)
  }

  /// Whether a loop can end in one place only, because what comes after it is not what it takes.
  private static func hasOneEnd(
    _ loop: PatternLoop, before rest: ArraySlice<PatternInstruction>, _ code: PatternCompiler
  ) -> Bool {
    if loop.minimum == loop.maximum { return true }
    let set = code.sets[loop.set]
    let next = rest.first { if case .save = $0 { false } else { true } }
    switch next {
    case .match, .end: return true
    case .literal(let lower, _, backward: false):
      let byte = code.literals[Int(lower)]
      return byte < 0x80 && !set.contains(ascii: byte)
    case .set(let other, backward: false):
      let other = code.sets[Int(other)]
      return other.isASCII && other.asciiLow & set.asciiLow == 0 && other.asciiHigh & set.asciiHigh == 0
    default: return false
    }
  }
}
