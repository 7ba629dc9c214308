/// Characters of all kinds as letters, digits and hyphens (RFC 3492).
enum Punycode {
  private static let base = 36
  private static let firstScalar = 128
  private static let firstBias = 72

  /// The characters of an encoded label without its prefix; nil if it is none. A label is at most 63 octets long.
  static func decode(_ text: [UInt8]) -> [Unicode.Scalar]? {
    guard text.count <= 63 else { return nil }
    var output: [Unicode.Scalar] = []
    var rest = text[...]
    if let delimiter = text.lastIndex(of: UInt8(ascii: "-")) {
      output = text[..<delimiter].map { Unicode.Scalar($0) }
      rest = text[(delimiter + 1)...]
    }
    var (scalar, position, bias) = (firstScalar, 0, firstBias)
    while !rest.isEmpty {
      let start = position
      var weight = 1
      var step = base
      while true {
        guard let byte = rest.popFirst(), let digit = digit(byte) else { return nil }
        let (product, isTooMuch) = digit.multipliedReportingOverflow(by: weight)
        let (sum, isTooFar) = position.addingReportingOverflow(product)
        guard !isTooMuch, !isTooFar else { return nil }
        position = sum
        let threshold = min(max(step - bias, 1), 26)
        if digit < threshold { break }
        let (next, isTooHeavy) = weight.multipliedReportingOverflow(by: base - threshold)
        guard !isTooHeavy else { return nil }
        weight = next
        step += base
      }
      bias = adapted(position - start, count: output.count + 1, isFirst: start == 0)
      let (sum, isTooFar) = scalar.addingReportingOverflow(position / (output.count + 1))
      guard !isTooFar, let value = UInt32(exactly: sum), let inserted = Unicode.Scalar(value) else { return nil }
      scalar = sum
      position %= output.count + 1
      output.insert(inserted, at: position)
      position += 1
    }
    return output
  }

  /// The encoded form without a prefix; nil if there are more than 63 characters, or the form is longer.
  static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
    guard scalars.count <= 63 else { return nil }
    var output = scalars.filter(\.isASCII).map { UInt8(ascii: $0) }
    let plain = output.count
    if plain > 0 { output.append(UInt8(ascii: "-")) }
    var (scalar, delta, bias, handled) = (firstScalar, 0, firstBias, plain)
    while handled < scalars.count {
      guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= scalar }).min() else { return nil }
      delta += (next - scalar) * (handled + 1)
      scalar = next
      for other in scalars {
        if Int(other.value) < scalar { delta += 1 }
        guard Int(other.value) == scalar else { continue }
        append(delta, bias: bias, to: &output)
        guard output.count <= 63 else { return nil }
        bias = adapted(delta, count: handled + 1, isFirst: handled == plain)
        delta = 0
        handled += 1
      }
      delta += 1
      scalar += 1
    }
    return output
  }

  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var rest = delta
    var step = base
    while true {
      let threshold = min(max(step - bias, 1), 26)
      guard rest >= threshold else { break }
      output.append(letter(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      step += base
    }
    output.append(letter(rest))
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var steps = 0
    while delta > 35 * 26 / 2 {
      delta /= 35
      steps += base
    }
    return steps + 36 * delta / (delta + 38)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    if byte.isLetter { return Int((byte | 0x20) - UInt8(ascii: "a")) }
    return byte.isDigit ? Int(byte - UInt8(ascii: "0")) + 26 : nil
  }

  private static func letter(_ digit: Int) -> UInt8 {
    digit < 26 ? UInt8(ascii: "a") + UInt8(digit) : UInt8(ascii: "0") + UInt8(digit - 26)
  }
}
