/// What a secret looks like where it turns up: as it is, in percent-encoding and in Base64, whole or in part.
struct SecretTraces: Sendable {
  static let mask = "•••"

  private static let gramLength = 8
  private let forms: [[UInt8]]
  /// Every 8 bytes of every form that is at least that long.
  private let grams: Set<UInt64>
  /// For each gram a bit of 4,096, so that most of a text needs no look into the set.
  private var filter = [Bool](repeating: false, count: 4096)
  private let isFoundInPart: Bool

  init(of value: [UInt8], isFoundInPart: Bool) {
    self.isFoundInPart = isFoundInPart
    forms = value.count < 4 ? [] : SecretForms.all(of: value)
    var grams: Set<UInt64> = []
    for form in forms {
      var gram = UInt64(0)
      for (index, byte) in form.enumerated() {
        gram = gram << 8 | UInt64(byte)
        if index + 1 >= Self.gramLength { grams.insert(gram) }
      }
    }
    self.grams = grams
    for gram in grams { filter[Self.slot(of: gram)] = true }
  }

  /// The text with the mask for every form, and for every stretch of a form of at least so many bytes.
  func masked(in text: String, shortest: Int) -> String {
    guard !forms.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var hidden = stretches(in: bytes, shortest: shortest)
    for form in forms where form.count < Self.gramLength { hidden += occurrences(of: form, in: bytes) }
    guard !hidden.isEmpty else { return text }
    hidden.sort { $0.lowerBound < $1.lowerBound }
    var result: [UInt8] = []
    var position = 0
    for range in hidden where range.upperBound > position {
      if range.lowerBound > position || position == 0 {
        result += bytes[position..<max(position, range.lowerBound)]
        result += Self.mask.utf8
      }
      position = range.upperBound
    }
    return String(decoding: result + bytes[position...], as: UTF8.self)
  }

  /// The stretches of the bytes that consist of nothing but grams and are long enough.
  private func stretches(in bytes: [UInt8], shortest: Int) -> [Range<Int>] {
    let shortestForm = forms.map(\.count).min() ?? 0
    let needed = isFoundInPart && shortestForm > shortest ? shortest : shortestForm
    var found: [Range<Int>] = []
    var gram = UInt64(0)
    var open: Range<Int>?
    for (index, byte) in bytes.enumerated() {
      gram = gram << 8 | UInt64(byte)
      guard index + 1 >= Self.gramLength, filter[Self.slot(of: gram)], grams.contains(gram) else { continue }
      let start = index + 1 - Self.gramLength
      if let current = open, start <= current.upperBound - Self.gramLength + 1 {
        open = current.lowerBound..<index + 1
      } else {
        if let current = open, current.count >= needed { found.append(current) }
        open = start..<index + 1
      }
    }
    if let current = open, current.count >= needed { found.append(current) }
    return found
  }

  private func occurrences(of form: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
    guard bytes.count >= form.count else { return [] }
    return (0...bytes.count - form.count).filter { bytes[$0..<$0 + form.count].elementsEqual(form) }
      .map { $0..<$0 + form.count }
  }

  private static func slot(of gram: UInt64) -> Int {
    Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> 52)
  }
}

/// The forms in which servers and programs write a value.
private enum SecretForms {
  static func all(of value: [UInt8]) -> [[UInt8]] {
    var forms = [value]
    for digits in ["0123456789ABCDEF", "0123456789abcdef"] { forms.append(percentEncoded(value, Array(digits.utf8))) }
    if value.count >= 12 {
      for last in ["+/", "-_"] {
        forms += (0..<3).map { base64(value, after: $0, Array((alphabet + last).utf8)) }
      }
    }
    return forms.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func percentEncoded(_ value: [UInt8], _ digits: [UInt8]) -> [UInt8] {
    value.flatMap { byte -> [UInt8] in
      isUnreserved(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// RFC 3986, section 2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: Array("-._~".utf8).contains(byte)
    }
  }

  private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

  /// The digits that depend on the value alone when so many other bytes go before it, such as a user's name and a colon.
  private static func base64(_ value: [UInt8], after count: Int, _ digits: [UInt8]) -> [UInt8] {
    let bits = ([UInt8](repeating: 0, count: count) + value).flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    let first = (count * 8 + 5) / 6
    return (first..<bits.count / 6).map { digit in
      digits[Int(bits[digit * 6..<digit * 6 + 6].reduce(0) { $0 << 1 | $1 })]
    }
  }
}
