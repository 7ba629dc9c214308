/// Single values: `enum`, `const`, strings and numbers.
extension SchemaValidator {
  mutating func checkValue(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ValueRules>, _ index: Int
  ) -> Bool {
    guard spend(Self.size(of: value) + rules.pointee.numberSize) else { return false }
    var isValid = true
    if rules.pointee.constant != nil, !isConstant(value, rules) { isValid = failConstant(index, rules, value) }
    guard rules.pointee.allowed != nil, isValid || isRecording else { return isValid }
    return isAllowed(value, rules) ? isValid : failAllowed(index, rules, value)
  }

  private func isConstant(_ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ValueRules>) -> Bool {
    if let table = rules.pointee.constantName?.pointer { return Self.isString(value, of: table) }
    guard let constant = rules.pointee.constant else { return true }
    return MathematicalValue.areEqual(value.pointee, constant)
  }

  private mutating func isAllowed(_ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ValueRules>) -> Bool {
    if let table = rules.pointee.allowedNames?.pointer { return Self.isString(value, of: table) }
    if let set = rules.pointee.allowedSet { return set.contains(MathematicalValue(value: value.pointee)) }
    guard let allowed = rules.pointee.allowed, spend(Self.size(of: value) * allowed.count) else { return false }
    return allowed.contains { MathematicalValue.areEqual(value.pointee, $0) }
  }

  private static func isString(_ value: UnsafePointer<JSONValue>, of table: UnsafePointer<NameTable>) -> Bool {
    guard case .string(let string) = value.pointee else { return false }
    return withUnsafePointer(to: string) { NameTable.contains($0, in: table) }
  }

  private mutating func failConstant(
    _ index: Int, _ rules: UnsafePointer<ValueRules>, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    guard isRecording, let constant = rules.pointee.constant else { return false }
    let value = value.pointee
    return fail(index, "const") { SchemaMessages.allowed($0, [constant], value) }
  }

  private mutating func failAllowed(
    _ index: Int, _ rules: UnsafePointer<ValueRules>, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    guard isRecording, let allowed = rules.pointee.allowed else { return false }
    let value = value.pointee
    return fail(index, "enum") { SchemaMessages.allowed($0, allowed, value) }
  }

  /// The work of comparing a value, in steps: its values, and its text by the 64 bytes.
  static func size(of value: UnsafePointer<JSONValue>) -> Int {
    switch value.pointee {
    case .null, .bool: 1
    case .string(let string): 1 + string.utf8.count / 64
    case .number: 1 + numberSize(value)
    case .array, .object: size(ofContainer: value.pointee)
    }
  }

  private static func size(ofContainer value: JSONValue) -> Int {
    var size = 0
    var pending = [value]
    while let next = pending.popLast() {
      switch next {
      case .array(let elements):
        size += 1
        pending.append(contentsOf: elements)
      case .object(let object):
        size += 1
        for member in object {
          size += member.key.utf8.count / 64
          pending.append(member.value)
        }
      default: size += withUnsafePointer(to: next) { Self.size(of: $0) }
      }
    }
    return size
  }

  /// The work of taking a number apart, in steps, beyond the first: its digits by eight.
  @inline(__always)
  static func numberSize(_ value: UnsafePointer<JSONValue>) -> Int {
    guard case .number(let number) = value.pointee, case .lexeme(let lexeme) = number.storage else { return 0 }
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
      default: size += withUnsafePointer(to: next) { numberSize($0) }
      }
    }
    return size
  }

  // MARK: Strings

  /// Lengths are counted in code points (Validation 6.3.1).
  mutating func checkString(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<StringRules>, _ index: Int
  ) -> Bool {
    guard case .string(let string) = value.pointee else { return true }
    let (minimum, maximum) = (rules.pointee.minimumLength, rules.pointee.maximumLength)
    let bytes = string.utf8.count
    var isValid = true
    // A code point takes one to four bytes, which often settles the matter.
    if bytes > maximum || minimum > 0 && bytes / 4 < minimum {
      guard spend(bytes / 64) else { return false }
      let length = Self.length(of: string)
      if length < minimum { isValid = failLength(index, "minLength", "at least", minimum, length) }
      if length > maximum { isValid = failLength(index, "maxLength", "at most", maximum, length) }
    }
    if let pattern = rules.pointee.pattern?.pointer, isValid || isRecording {
      if !matches(pattern, string, index, "pattern") { isValid = failPattern(index, pattern, string) }
    }
    guard let format = rules.pointee.format, isValid || isRecording else { return isValid }
    guard spend(format.cost(bytes: bytes)) else { return false }
    return format.accepts(string) ? isValid : failFormat(index, format, string)
  }

  private static func length(of string: String) -> Int {
    var count = 0
    for byte in string.utf8 where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  private mutating func failLength(
    _ index: Int, _ keyword: String, _ relation: String, _ bound: Int, _ length: Int
  ) -> Bool {
    guard isRecording else { return false }
    return fail(index, keyword) { SchemaMessages.count($0, relation, bound, "character", length) }
  }

  private mutating func failPattern(_ index: Int, _ pattern: UnsafePointer<Pattern>, _ string: String) -> Bool {
    guard isRecording else { return false }
    let source = pattern.pointee.source
    return fail(index, "pattern") { SchemaMessages.pattern($0, source, string) }
  }

  private mutating func failFormat(_ index: Int, _ format: SchemaFormat, _ string: String) -> Bool {
    guard isRecording else { return false }
    return fail(index, "format") { SchemaMessages.format($0, format, string) }
  }

  // MARK: Numbers

  mutating func checkNumber(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<NumberRules>, _ index: Int
  ) -> Bool {
    guard case .number(let number) = value.pointee else { return true }
    switch number.storage {
    case .integer(let own):
      if let integers = rules.pointee.integers, integers.contains(own) { return spend(1) }
    case .lexeme(let lexeme):
      if rules.pointee.admitsAllAboveZero, Self.isAboveZero(lexeme) { return spend(1) }
    }
    return checkBounds(number, rules, index, size: Self.numberSize(value))
  }

  /// Whether a number says with its first character that it is above zero. An exponent does not change that.
  @inline(__always)
  private static func isAboveZero(_ lexeme: String) -> Bool {
    guard let first = lexeme.utf8.first else { return false }
    return first > UInt8(ascii: "0") && first <= UInt8(ascii: "9")
  }

  private mutating func checkBounds(
    _ number: JSONNumber, _ rules: UnsafePointer<NumberRules>, _ index: Int, size: Int
  ) -> Bool {
    // Each of five rules may take the number apart.
    guard spend(1 + 4 * size) else { return false }
    var isValid = true
    if let bound = rules.pointee.minimum, Self.order(number, bound) == .less {
      isValid = failBound(index, "minimum", "at least", bound, number)
    }
    if let bound = rules.pointee.maximum, Self.order(number, bound) == .greater {
      isValid = failBound(index, "maximum", "at most", bound, number)
    }
    if let bound = rules.pointee.exclusiveMinimum, Self.order(number, bound) != .greater {
      isValid = failBound(index, "exclusiveMinimum", "above", bound, number)
    }
    if let bound = rules.pointee.exclusiveMaximum, Self.order(number, bound) != .less {
      isValid = failBound(index, "exclusiveMaximum", "below", bound, number)
    }
    if let divisor = rules.pointee.divisor, !divisor.divides(number) {
      isValid = failMultiple(index, divisor, number)
    }
    return isValid
  }

  private mutating func failBound(
    _ index: Int, _ keyword: String, _ relation: String, _ bound: Chapter<NumberRules.Bound>, _ number: JSONNumber
  ) -> Bool {
    guard isRecording else { return false }
    let bound = bound.pointer.pointee.number
    return fail(index, keyword) { SchemaMessages.bound($0, relation, bound, number) }
  }

  private mutating func failMultiple(_ index: Int, _ divisor: DecimalDivisor, _ number: JSONNumber) -> Bool {
    guard isRecording else { return false }
    return fail(index, "multipleOf") { SchemaMessages.multiple($0, divisor.spelling, number) }
  }

  /// Compares exactly; doubles that differ decide, because rounding keeps the order.
  @inline(__always)
  private static func order(_ number: JSONNumber, _ bound: Chapter<NumberRules.Bound>) -> JSONNumber.Order {
    let bound = bound.pointer
    if case .integer(let own) = number.storage, let other = bound.pointee.integer {
      return own < other ? .less : own == other ? .equal : .greater
    }
    if let other = bound.pointee.small, let small = number.smallDecimal { return SmallDecimal.compare(small, other) }
    if case .lexeme = number.storage, let nearest = number.doubleValue, let other = bound.pointee.nearest,
      nearest != other
    {
      return nearest < other ? .less : .greater
    }
    return JSONNumber.compare(number, bound.pointee.number, form: bound.pointee.form)
  }
}
