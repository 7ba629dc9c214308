/// Arrays.
extension SchemaValidator {
  /// The size and whether items differ.
  mutating func checkArray(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ArrayRules>, _ index: Int
  ) -> Bool {
    guard case .array(let elements) = value.pointee else { return true }
    return checkArraySize(elements, rules, index)
  }

  /// The items; a value that is no array has none.
  mutating func checkItems(
    of value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ArrayRules>, _ index: Int
  ) -> Bool {
    guard let elements = value.elements else { return true }
    let isValid = checkEach(elements, rules)
    guard rules.pointee.contains != nil, isValid || isRecording && limit == nil else { return isValid }
    return checkContains(elements, rules, index) && isValid
  }

  private mutating func checkEach(
    _ elements: UnsafeBufferPointer<JSONValue>, _ rules: UnsafePointer<ArrayRules>
  ) -> Bool {
    guard let base = elements.baseAddress else { return true }
    let prefixCount = rules.pointee.prefix.count
    let items = rules.pointee.items
    let frame = evaluated.suspend()
    var isValid = true
    for position in 0..<(items == nil ? min(prefixCount, elements.count) : elements.count) {
      guard let node = position < prefixCount ? rules.pointee.prefix[position] : items else { break }
      descend(to: .index(position))
      isValid = evaluate(node, base + position) && isValid
      ascend()
      evaluated.mark(position, in: frame)
      guard isValid || isRecording && limit == nil else { break }
    }
    evaluated.frame = frame
    return isValid
  }

  private mutating func checkArraySize(
    _ elements: [JSONValue], _ rules: UnsafePointer<ArrayRules>, _ index: Int
  ) -> Bool {
    let (minimum, maximum) = (rules.pointee.minimumCount, rules.pointee.maximumCount)
    var isValid = true
    if elements.count < minimum { isValid = failCount(index, "minItems", "at least", minimum, elements.count) }
    if elements.count > maximum { isValid = failCount(index, "maxItems", "at most", maximum, elements.count) }
    guard rules.pointee.mustBeUnique, elements.count > 1, isValid || isRecording else { return isValid }
    return checkUnique(elements, index) && isValid
  }

  private mutating func failCount(
    _ index: Int, _ keyword: String, _ relation: String, _ bound: Int, _ count: Int
  ) -> Bool {
    guard isRecording else { return false }
    return fail(index, keyword) { SchemaMessages.count($0, relation, bound, "item", count) }
  }

  private mutating func checkUnique(_ elements: [JSONValue], _ index: Int) -> Bool {
    let size = elements.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return buffer.indices.reduce(1) { $0 + Self.size(of: base + $1) }
    }
    guard spend(size) else { return false }
    guard let (first, second) = Self.repetition(in: elements) else { return true }
    guard isRecording else { return false }
    return fail(index, "uniqueItems") { SchemaMessages.repeated($0, first, second, elements[second]) }
  }

  /// The first item that is the same as an earlier one, with that one.
  private static func repetition(in elements: [JSONValue]) -> (Int, Int)? {
    guard elements.count > 16 else {
      for second in elements.indices {
        for first in 0..<second where MathematicalValue.areEqual(elements[first], elements[second]) {
          return (first, second)
        }
      }
      return nil
    }
    var positions: [MathematicalValue: Int] = [:]
    positions.reserveCapacity(elements.count)
    for (position, element) in elements.enumerated() {
      if let first = positions.updateValue(position, forKey: MathematicalValue(value: element)) {
        return (first, position)
      }
    }
    return nil
  }

  private mutating func checkContains(
    _ elements: UnsafeBufferPointer<JSONValue>, _ rules: UnsafePointer<ArrayRules>, _ index: Int
  ) -> Bool {
    guard let node = rules.pointee.contains else { return true }
    let (minimum, maximum) = (rules.pointee.minimumContains, rules.pointee.maximumContains)
    var count = 0
    if let base = elements.baseAddress {
      for position in elements.indices where fitsUnmarked(node, base + position) {
        evaluated.mark(position, in: evaluated.frame)
        count += 1
        if count > maximum { break }
        if count >= minimum, maximum == .max, !evaluated.frame.isActive { return true }
      }
    }
    return count >= minimum && count <= maximum || failContains(count, minimum, maximum, index)
  }

  private mutating func failContains(_ count: Int, _ minimum: Int, _ maximum: Int, _ index: Int) -> Bool {
    guard isRecording else { return false }
    if count > maximum {
      return fail(index, "maxContains") { SchemaMessages.contains($0, "at most", maximum, count) }
    }
    let keyword = minimum == 1 ? "contains" : "minContains"
    return fail(index, keyword) { SchemaMessages.contains($0, "at least", minimum, count) }
  }
}
