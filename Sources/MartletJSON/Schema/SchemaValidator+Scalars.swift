/// Single values: `enum`, `const`, strings and numbers.
extension SchemaValidator {
  mutating func checkValue(_ value: JSONValue, _ rules: ValueRules, _ index: Int) -> Bool {
    let size = Self.size(of: value)
    var isValid = true
    if let constant = rules.constant {
      guard spend(size + rules.numberSize) else { return false }
      if !MathematicalValue.areEqual(value, constant) {
        isValid = fail(index, "const") { SchemaMessages.allowed($0, [constant], value) }
      }
    }
    guard let allowed = rules.allowed, isValid || isRecording else { return isValid }
    let isAllowed: Bool
    if let set = rules.allowedSet {
      guard spend(size) else { return false }
      isAllowed = set.contains(MathematicalValue(value: value))
    } else {
      guard spend(size * allowed.count + rules.numberSize) else { return false }
      isAllowed = allowed.contains { MathematicalValue.areEqual(value, $0) }
    }
    if isAllowed { return isValid }
    return fail(index, "enum") { SchemaMessages.allowed($0, allowed, value) }
  }

  /// The work of comparing a value, in steps: its values, and its text by the 64 bytes.
  static func size(of value: JSONValue) -> Int {
    switch value {
    case .null, .bool: return 1
    case .string(let string): return 1 + string.utf8.count / 64
    case .number: return 1 + numberSize(value)
    case .array, .object: break
    }
    var size = 0
    var pending = [value]
    while let next = pending.popLast() {
      size += 1
      switch next {
      case .array(let elements): pending.append(contentsOf: elements)
      case .object(let object):
        for member in object {
          size += member.key.utf8.count / 64
          pending.append(member.value)
        }
      default: size += Self.size(of: next)
      }
    }
    return size
  }

  /// The work of taking a number apart, in steps, beyond the first: its digits by eight.
  static func numberSize(_ value: JSONValue) -> Int {
    guard case .number(let number) = value, case .lexeme(let lexeme) = number.storage else { return 0 }
    return lexeme.utf8.count / 8
  }

  /// The same of all numbers in a value.
  static func numberSizes(in value: JSONValue) -> Int {
    var size = 0
    var pending = [value]
    while let next = pending.popLast() {
      switch next {
      case .array(let elements): pending.append(contentsOf: elements)
      case .object(let object): pending.append(contentsOf: object.values)
      default: size += numberSize(next)
      }
    }
    return size
  }

  // MARK: Strings

  /// Lengths are counted in code points (Validation 6.3.1).
  mutating func checkString(_ string: String, _ rules: StringRules, _ index: Int) -> Bool {
    let (minimum, maximum) = (rules.minimumLength, rules.maximumLength)
    let bytes = string.utf8.count
    var isValid = true
    // A code point takes one to four bytes, which often settles the matter.
    if bytes > maximum || minimum > 0 && bytes / 4 < minimum {
      guard spend(bytes / 64) else { return false }
      let length = string.unicodeScalars.count
      if length < minimum {
        isValid = fail(index, "minLength") { SchemaMessages.count($0, "at least", minimum, "character", length) }
      }
      if length > maximum {
        isValid = fail(index, "maxLength") { SchemaMessages.count($0, "at most", maximum, "character", length) }
      }
    }
    guard let pattern = rules.pattern, isValid || isRecording else { return isValid }
    if matches(pattern, string, index, "pattern") { return isValid }
    return fail(index, "pattern") { SchemaMessages.pattern($0, pattern.source, string) }
  }

  // MARK: Numbers

  mutating func checkNumber(_ number: JSONNumber, _ rules: NumberRules, _ index: Int) -> Bool {
    // Each of five rules may take the number apart.
    guard spend(1 + 4 * Self.numberSize(.number(number))) else { return false }
    var isValid = true
    if let bound = rules.minimum, compare(number, bound) == .less {
      isValid = fail(index, "minimum") { SchemaMessages.bound($0, "at least", bound.number, number) }
    }
    if let bound = rules.maximum, compare(number, bound) == .greater {
      isValid = fail(index, "maximum") { SchemaMessages.bound($0, "at most", bound.number, number) }
    }
    if let bound = rules.exclusiveMinimum, compare(number, bound) != .greater {
      isValid = fail(index, "exclusiveMinimum") { SchemaMessages.bound($0, "above", bound.number, number) }
    }
    if let bound = rules.exclusiveMaximum, compare(number, bound) != .less {
      isValid = fail(index, "exclusiveMaximum") { SchemaMessages.bound($0, "below", bound.number, number) }
    }
    if let divisor = rules.divisor, !divisor.divides(number) {
      isValid = fail(index, "multipleOf") { SchemaMessages.multiple($0, divisor.spelling, number) }
    }
    return isValid
  }

  /// Compares exactly; doubles that differ decide, because rounding keeps the order.
  private func compare(_ number: JSONNumber, _ bound: NumberRules.Bound) -> JSONNumber.Order {
    if case .lexeme = number.storage, let nearest = number.doubleValue, let other = bound.nearest, nearest != other {
      return nearest < other ? .less : .greater
    }
    return JSONNumber.compare(number, bound.number, form: bound.form)
  }
}
