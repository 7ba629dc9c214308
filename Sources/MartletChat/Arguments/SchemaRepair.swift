import MartletJSON

/// Looks for the one way in which a value that breaks its schema fits it, by changes that leave no doubt of what was meant.
///
/// Each place that breaks the schema is looked at on its own: of the values that it could mean, exactly one may fit there.
struct SchemaRepair {
  /// The steps of all checks of a search together, see ``JSONSchema/maximumSteps``; more of long arguments.
  private static func maximumSteps(_ byteCount: Int) -> Int { 400_000 + 8 * byteCount }
  /// The number of changes within one another, such as a list of one number out of a number in quotes.
  private static let maximumDepth = 4

  struct Repaired {
    var value: JSONValue
    var repairs: [ArgumentRepair]
  }

  private let schema: JSONSchema
  private var stepsLeft: Int
  /// What it takes to make another value of the arguments, beside the check of it.
  private let stepsOfCopy: Int
  /// What was found for a keyword of the schema and a kind of value, so that a list is not searched item by item; only
  /// where the other readings have a type that the place never takes, whatever is in them.
  private var known: [Finding: ArgumentRepair.Kind] = [:]

  private struct Finding: Hashable {
    let schemaPointer: String
    let candidates: [ArgumentRepair.Kind]
  }

  init(_ schema: JSONSchema, byteCount: Int) {
    self.schema = schema
    stepsLeft = Self.maximumSteps(byteCount)
    stepsOfCopy = 200 + byteCount / 16
  }

  /// The value that fits; nil if there is none, or more than one.
  mutating func repaired(_ value: JSONValue, _ violations: [SchemaViolation]) -> Repaired? {
    var result = Repaired(value: value, repairs: [])
    var violations = violations
    // Violations are reported up to a bound, so that more of them can show when those are gone.
    while !violations.isEmpty {
      var places: Set<String> = []
      for violation in violations where places.insert(violation.instancePointer).inserted {
        guard settle(violation, in: &result) else { return nil }
      }
      guard let rest = check(result.value) else { return nil }
      violations = rest
    }
    return result
  }

  /// Changes the place of a violation so that nothing is wrong there any more; false if that cannot be done in one way.
  private mutating func settle(_ violation: SchemaViolation, in result: inout Repaired) -> Bool {
    let path = JSONPath(violation.instancePointer)
    // An earlier change, such as one that left out a member above, may have settled it.
    guard let old = result.value[path] else { return true }
    let candidates = Candidate.all(for: old, at: path, violation)
    let finding = Finding(schemaPointer: violation.schemaPointer, candidates: candidates.map(\.kind))
    if let kind = known[finding], let candidate = candidates.first(where: { $0.kind == kind }) {
      apply(candidate, at: path, to: &result)
      return true
    }
    var othersHaveWrongType = true
    let solutions = solutions(candidates, at: path, in: result.value, depth: 1, &othersHaveWrongType)
    guard solutions.count == 1, let solution = solutions.first else { return false }
    if othersHaveWrongType, solution.repairs.count == 1 { known[finding] = solution.repairs[0].kind }
    result.value = solution.value
    result.repairs += solution.repairs
    return true
  }

  /// The ways to change one place so that neither it nor anything below it breaks the schema; two are as good as many.
  ///
  /// `othersHaveWrongType` becomes false if a way is none for another reason than its type.
  private mutating func solutions(
    _ candidates: [Candidate], at path: JSONPath, in value: JSONValue, depth: Int, _ othersHaveWrongType: inout Bool
  ) -> [Repaired] {
    var found: [Repaired] = []
    for candidate in candidates where found.count < 2 {
      var attempt = Repaired(value: value, repairs: [])
      apply(candidate, at: path, to: &attempt)
      guard let violations = check(attempt.value) else { return [] }
      let below = violations.filter { path.holds($0.instancePointer) }
      if below.isEmpty {
        found.append(attempt)
        continue
      }
      let hasWrongType = below.contains { $0.instancePointer == path.pointer && $0.keyword == "type" }
      if !hasWrongType { othersHaveWrongType = false }
      if depth < Self.maximumDepth, !below.contains(where: { $0.instancePointer == path.pointer }) {
        if let settled = settled(below, in: attempt, depth: depth + 1) { found.append(settled) }
      }
    }
    return found
  }

  /// Settles what came to light within a change.
  private mutating func settled(_ violations: [SchemaViolation], in attempt: Repaired, depth: Int) -> Repaired? {
    var attempt = attempt
    var places: Set<String> = []
    for violation in violations where places.insert(violation.instancePointer).inserted {
      let path = JSONPath(violation.instancePointer)
      guard let old = attempt.value[path] else { continue }
      let candidates = Candidate.all(for: old, at: path, violation)
      var othersHaveWrongType = true
      let found = solutions(candidates, at: path, in: attempt.value, depth: depth, &othersHaveWrongType)
      guard found.count == 1, let solution = found.first else { return nil }
      attempt.value = solution.value
      attempt.repairs += solution.repairs
    }
    return attempt
  }

  private func apply(_ candidate: Candidate, at path: JSONPath, to result: inout Repaired) {
    result.value.replace(path.steps[...], with: candidate.value)
    result.repairs.append(ArgumentRepair(candidate.kind, at: path.pointer))
  }

  /// What is wrong with a value; nil when the search has taken too long.
  private mutating func check(_ value: JSONValue) -> [SchemaViolation]? {
    stepsLeft -= stepsOfCopy
    guard stepsLeft > 0, let violations = schema.violations(in: value, spending: &stepsLeft) else { return nil }
    // The places are read again, each for itself.
    stepsLeft -= violations.reduce(0) { $0 + $1.instancePointer.utf8.count } / 16
    return violations
  }
}

/// What a value could mean that stands where the schema wants another.
private struct Candidate {
  let kind: ArgumentRepair.Kind
  /// The value that is meant; nil for none at all.
  let value: JSONValue?

  /// The keywords that say what a value has to be, rather than what it has to hold.
  private static let keywords: Set<String> = ["type", "enum", "const", "anyOf", "oneOf"]

  static func all(for value: JSONValue, at path: JSONPath, _ violation: SchemaViolation) -> [Candidate] {
    guard keywords.contains(violation.keyword), !path.steps.isEmpty else { return [] }
    switch value {
    case .null:
      return [Candidate(kind: .null, value: nil)]
    case .array:
      return []
    case .string(let text):
      guard let (kind, meaning) = meaning(of: text) else { return [lone(value)] }
      // The JSON of a list is no text that a list could hold by mistake.
      return [Candidate(kind: kind, value: meaning)] + (meaning.arrayValue == nil ? [lone(value)] : [])
    default:
      return [lone(value)]
    }
  }

  private static func lone(_ value: JSONValue) -> Candidate { Candidate(kind: .loneValue, value: .array([value])) }

  /// What a text says in JSON, unless that is a text again.
  private static func meaning(of text: String) -> (ArgumentRepair.Kind, JSONValue)? {
    guard let value = try? JSONValue(parsing: text, duplicates: .reject) else { return nil }
    switch value {
    case .number: return (.quotedNumber, value)
    case .bool: return (.quotedBoolean, value)
    case .object, .array: return (.encodedTwice, value)
    case .null, .string: return nil
    }
  }
}
