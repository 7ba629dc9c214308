@testable import MartletJSON

/// A text that is parsed and written gives the same value; a type that is decoded and encoded gives the same JSON.
func checkJSON(_ input: [UInt8]) {
  let value: JSONValue
  do {
    value = try timed("parsing") { () throws(JSONParseError) in try JSONValue(parsing: input) }
  } catch {
    promise((0...input.count).contains(error.offset), "an error lies in the text")
    promise(error.description.utf8.count < 500, "an error is short")
    promise((try? JSONValue(parsing: input, duplicates: .reject)) == nil, "what is no JSON is none strictly either")
    return
  }
  checkWriting(value)
  if let strict = try? JSONValue(parsing: input, duplicates: .reject) {
    promise(strict == value, "both readings of a text without duplicates are the same")
  }
  if let shallow = try? JSONValue(parsing: input, maxDepth: 2) {
    promise(shallow == value, "the limit of depth changes no value")
  }
  let text = String(decoding: input, as: UTF8.self)
  promise(Array(text.utf8) == input, "JSON is UTF-8")
  promise((try? JSONValue(parsing: text)) == value, "a string and its bytes are parsed alike")
  checkNumbers(of: value)
  checkCoding(value)
}

private func checkWriting(_ value: JSONValue) {
  let bytes = timed("writing") { value.canonicalBytes() }
  let again = promised("what is written can be parsed") { try JSONValue(parsing: bytes, duplicates: .reject) }
  promise(again == value, "parsing what was written gives the value")
  promise(again.hashValue == value.hashValue, "equal values have equal hashes")
  promise(again.canonicalBytes() == bytes, "the same value always gives the same bytes")
  promise(Array(value.canonicalString().utf8) == bytes, "both ways to write give the same")
  let indented = timed("indenting") { value.indentedString() }
  promise((try? JSONValue(parsing: indented)) == value, "white space changes no value")
  let (one, other) = (MathematicalValue(value: value), MathematicalValue(value: again))
  let areEqual = timed("comparing") { one == other && one.hashValue == other.hashValue }
  promise(areEqual, "a value is mathematically equal to itself")
}

private func checkNumbers(of value: JSONValue) {
  var numbers: [JSONNumber] = []
  var pending = [value]
  while let next = pending.popLast(), numbers.count < 32 {
    switch next {
    case .number(let number): numbers.append(number)
    case .array(let elements): pending += elements
    case .object(let object): pending += object.values
    default: break
    }
  }
  for number in numbers {
    promise(JSONNumber(spelling: number.spelling) == number, "a number is its spelling")
    promise(JSONNumber.isNumericallyEqual(number, number), "a number is equal to itself")
    if let integer = number.intValue {
      promise(number.isInteger, "an integer is whole")
      promise(JSONNumber.isNumericallyEqual(number, JSONNumber(integer)), "an integer has the number's value")
    }
    promise(number.doubleValue?.isFinite != false, "doubles are finite")
    if let divisor = DecimalDivisor(number) { promise(divisor.divides(number), "a number divides itself") }
  }
  for (one, other) in zip(numbers, numbers.dropFirst()) {
    let order = timed("comparing numbers") { JSONNumber.compare(one, other) }
    promise((order == .less) == (JSONNumber.compare(other, one) == .greater), "an order has two directions")
    if let left = one.doubleValue, let right = other.doubleValue, left < right {
      promise(order == .less, "rounding keeps the order")
    }
    if order == .equal {
      let hashes = [one, other].map { MathematicalValue(value: .number($0)).hashValue }
      promise(hashes[0] == hashes[1], "equal numbers have equal hashes")
    }
  }
}

/// A type with a container of each kind.
private final class Sample: Codable {
  var a: Int?
  var b: [Double?]?
  var c: [String: JSONValue]?
  var d: [Sample]?
  var e: JSONNumber?
  var f: String?
  var g: UInt8?
}

private func checkCoding(_ value: JSONValue) {
  promise((try? JSONValue(encoding: value)) == value, "a value encodes itself")
  promise((try? value.decode(JSONValue.self)) == value, "a value decodes itself")
  _ = try? value.decode([String: Int64].self)
  _ = try? value.decode([Float].self)
  guard let sample = timed("decoding", { try? value.decode(Sample.self) }) else { return }
  let encoded = promised("what was decoded can be encoded") {
    try timed("encoding") { try JSONValue(encoding: sample) }
  }
  let again = promised("what was encoded can be decoded") { try encoded.decode(Sample.self) }
  promise((try? JSONValue(encoding: again)) == encoded, "decoding and encoding gives the same JSON")
}
