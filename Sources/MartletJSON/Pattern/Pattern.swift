/// A regular expression with a bound on the work of a search, in the syntax of ECMA-262 with its `u` flag.
///
/// This is the dialect that JSON Schema prescribes for `pattern` (Core 6.4). It is matched code point by code point;
/// `^` and `$` stand for the ends of the text, and `.` for everything but a line terminator. Scripts (`\p{Script=…}`)
/// and inline modifiers (`(?i:…)`) are refused.
///
/// ```swift
/// let pattern = try Pattern("in (?<city>[^?]+)", ignoringCase: true)
/// let city = try pattern.firstMatch(in: "Weather in Oslo?")?["city"]   // "Oslo"
/// ```
package struct Pattern: Sendable {
  /// The bound on the steps of one search: one million, some milliseconds of work.
  ///
  /// A step is one instruction of the compiled pattern, or sixteen characters of a run that it passes over; each
  /// character beyond ASCII takes at least one more.
  package static let defaultStepLimit = 1_000_000

  /// The expression as it was written.
  package let source: String

  /// Whether letters match in either case, by simple case folding.
  package let ignoresCase: Bool

  /// The names of the named groups, in the order of their opening parentheses.
  package var groupNames: [String] { program.groupNames.map(\.name) }

  let program: PatternProgram

  /// The number of instructions that it came to.
  var size: Int { program.instructions.count }

  /// Compiles an expression, or says where it is wrong.
  package init(_ source: String, ignoringCase: Bool = false) throws(PatternError) {
    var parser = PatternParser(source, ignoringCase: ignoringCase)
    let parsed = try parser.parse()
    self.source = source
    self.ignoresCase = ignoringCase
    self.program = try PatternCompiler.compile(parsed, ignoringCase: ignoringCase)
  }

  /// Finds the leftmost match, preferring among several the one that the order of the alternatives prefers.
  ///
  /// Throws `PatternStepLimitError` when the search was given up after `stepLimit` steps: the text may match or not.
  package func firstMatch(
    in text: String, stepLimit: Int = Pattern.defaultStepLimit
  ) throws(PatternStepLimitError) -> PatternMatch? {
    var budget = stepLimit
    guard let captures = try search(text, recordingCaptures: true, budget: &budget) else { return nil }
    return PatternMatch(text: text, offsets: captures, groupNames: program.groupNames)
  }

  /// Whether some part of the text matches, as JSON Schema's `pattern` asks.
  ///
  /// Throws `PatternStepLimitError` when the search was given up after `stepLimit` steps: the text may match or not.
  package func matches(
    _ text: String, stepLimit: Int = Pattern.defaultStepLimit
  ) throws(PatternStepLimitError) -> Bool {
    var budget = stepLimit
    return try find(text, budget: &budget)
  }

  /// Searches with the usual bound, and takes the steps from what several searches may take together.
  func matches(_ text: String, spending total: inout Int) throws(PatternStepLimitError) -> Bool {
    let allowed = max(0, min(total, Self.defaultStepLimit))
    var budget = allowed
    defer { total -= allowed - budget }
    return try find(text, budget: &budget)
  }

  /// Searches without recording where, and leaves in `budget` the steps that were not taken.
  private func find(_ text: String, budget: inout Int) throws(PatternStepLimitError) -> Bool {
    if let found = text.utf8.withContiguousStorageIfAvailable({ find($0, budget: &budget) }) {
      return try found.get()
    }
    var text = text
    return try text.withUTF8 { find($0, budget: &budget) }.get()
  }

  private func find(_ bytes: UnsafeBufferPointer<UInt8>, budget: inout Int) -> Result<Bool, PatternStepLimitError> {
    let stepLimit = budget
    // In place, since a copy would count references.
    if let isFound = program.straight?.matches(bytes, budget: &budget) {
      defer { budget = max(0, budget) }
      if isFound || budget >= 0 { return .success(isFound) }
      return .failure(PatternStepLimitError(stepLimit: stepLimit))
    }
    var matcher = PatternMatcher(program: program, text: bytes, recordingCaptures: false, stepLimit: stepLimit)
    defer { budget = max(0, matcher.remainingSteps) }
    do throws(PatternStepLimitError) {
      return .success(try matcher.find() != nil)
    } catch {
      return .failure(error)
    }
  }

  /// Searches, and leaves in `budget` the steps that were not taken.
  private func search(
    _ text: String, recordingCaptures: Bool, budget: inout Int
  ) throws(PatternStepLimitError) -> [Int]? {
    var text = text
    let stepLimit = budget
    let result = text.withUTF8 { bytes -> Result<[Int]?, PatternStepLimitError> in
      var matcher = PatternMatcher(
        program: program, text: bytes, recordingCaptures: recordingCaptures, stepLimit: stepLimit)
      defer { budget = max(0, matcher.remainingSteps) }
      do throws(PatternStepLimitError) {
        return .success(try matcher.search())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

extension Pattern: Hashable {
  package static func == (left: Pattern, right: Pattern) -> Bool {
    left.source == right.source && left.ignoresCase == right.ignoresCase
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(source)
    hasher.combine(ignoresCase)
  }
}

/// Where a pattern matched, and what its groups took.
package struct PatternMatch: Sendable {
  /// The text that was searched.
  package let text: String

  /// Pairs of UTF-8 offsets: the whole match, then each group; -1 where a group took no part.
  let offsets: [Int]
  let groupNames: [PatternGroupName]

  /// The part of the text that matched.
  package var range: Range<String.Index> { range(ofGroup: 0) ?? text.startIndex..<text.startIndex }

  /// What a group took, counted from 1 by opening parentheses; 0 is the whole match, nil a group that took no part.
  package subscript(index: Int) -> String? {
    range(ofGroup: index).map { String(text[$0]) }
  }

  /// What a named group took; nil when it took no part, or when there is none of that name.
  package subscript(name: String) -> String? {
    groupNames.first { $0.name == name }.flatMap { self[$0.index] }
  }

  private func range(ofGroup index: Int) -> Range<String.Index>? {
    guard index >= 0, index < offsets.count / 2 else { return nil }
    let (start, end) = (offsets[2 * index], offsets[2 * index + 1])
    guard start >= 0, end >= start else { return nil }
    let utf8 = text.utf8
    let lower = utf8.index(utf8.startIndex, offsetBy: start)
    return lower..<utf8.index(lower, offsetBy: end - start)
  }
}

/// What is wrong with a pattern, and where.
package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the pattern, in code points from 0.
  package let offset: Int

  /// One clause, such as "nothing to repeat".
  package let reason: String

  package var description: String { "\(reason) (at offset \(offset))" }
}

/// A search that was given up because it took more steps than it was allowed.
package struct PatternStepLimitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The bound that was reached.
  package let stepLimit: Int

  package var description: String { "the search was given up after \(stepLimit) steps" }
}
