package import MartletJSON

/// How long a server asks to wait, in all the ways that servers say it.
package enum RetryAfter {
  /// No request to wait is taken for more than a day.
  package static let maximum = Duration.seconds(86_400)

  /// The delay that the headers ask for; nil if they ask for none that can be understood.
  ///
  /// `retry-after-ms`, `retry-after` in seconds or as a date (RFC 9110, section 10.2.3), counted from the response's own
  /// `date`, and the reset time of a rate limit that is used up.
  package static func delay(now: Int64, header: (String) -> String?) -> Duration? {
    if let text = header("retry-after-ms"), let milliseconds = number(text) { return clamped(milliseconds / 1_000) }
    if let text = header("retry-after") {
      if let seconds = number(text) { return clamped(seconds) }
      if let date = HTTPDate.seconds(text) {
        let base = header("date").flatMap(HTTPDate.seconds) ?? now
        // A moment that has passed asks for nothing: the ordinary backoff holds.
        if date > base { return clamped(Double(date - base)) }
      }
    }
    return resets(now: now, header: header)
  }

  /// The delay in a message such as "Please try again in 1.2s."; nil if it names none.
  package static func delay(in message: String) -> Duration? {
    let text = message.lowercased()
    for phrase in ["try again in ", "retry in ", "retry after ", "retry-after: "] {
      guard let range = text.firstRange(of: phrase) else { continue }
      let rest = text[range.upperBound...].prefix(40)
      if let seconds = Span.seconds(rest) { return clamped(seconds) }
    }
    return nil
  }

  /// The `retryDelay` in an error's list of details.
  package static func delay(inDetails details: JSONValue?) -> Duration? {
    for detail in details?.arrayValue?.prefix(32) ?? [] {
      guard let text = detail["retryDelay"]?.stringValue, let seconds = Span.seconds(text[...]) else { continue }
      return clamped(seconds)
    }
    return nil
  }

  private static func resets(now: Int64, header: (String) -> String?) -> Duration? {
    var longest: Duration?
    for kind in ["-requests", "-tokens", ""] {
      // A limit that is not used up is not the reason.
      guard header("x-ratelimit-remaining" + kind).flatMap(number) == 0,
        let text = header("x-ratelimit-reset" + kind), let delay = reset(text, now: now)
      else { continue }
      longest = max(longest ?? .zero, delay)
    }
    return longest
  }

  /// A reset is a span (`6m0s`), seconds, or a moment in seconds or milliseconds since 1970.
  static func reset(_ text: String, now: Int64) -> Duration? {
    guard let value = number(text) else { return Span.seconds(text[...]).flatMap(clamped) }
    let seconds = value > 1e11 ? value / 1_000 - Double(now) : value > 1e9 ? value - Double(now) : value
    return clamped(seconds)
  }

  private static func number(_ text: String) -> Double? {
    let trimmed = text.drop { $0 == " " }.prefix { $0 != " " }
    // `Double` reads hexadecimal and names as well, which no header means.
    guard trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(trimmed).flatMap { $0.isFinite ? $0 : nil }
  }

  private static func clamped(_ seconds: Double) -> Duration? {
    guard seconds.isFinite, seconds >= 0 else { return nil }
    // Up, because a server's moment must not be missed by a fraction, but not for the rounding of a double.
    return min(.milliseconds(Int64((min(seconds, 86_400) * 1_000 - 0.001).rounded(.up))), maximum)
  }
}

/// A span of time in words: `1.2s`, `6m0s`, `350ms`, `2 seconds`.
private enum Span {
  /// The span at the beginning of a text; nil if there is none.
  static func seconds(_ text: Substring) -> Double? {
    var rest = text
    var total: Double?
    while let amount = amount(&rest) {
      let unit = rest.drop { $0 == " " }.prefix { $0.isLetter }
      guard let scale = scale(of: unit) else { return total ?? (unit.isEmpty ? amount : nil) }
      total = (total ?? 0) + amount * scale
      rest = rest[unit.endIndex...]
    }
    return total
  }

  private static func amount(_ rest: inout Substring) -> Double? {
    var digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let end = digits.endIndex
    // "in 20s." and "in 20." end a sentence.
    if digits.last == "." { digits.removeLast() }
    guard digits.count <= 20, let value = Double(digits), value.isFinite else { return nil }
    rest = rest[end...]
    return value
  }

  private static func scale(of unit: Substring) -> Double? {
    switch unit {
    case "ms", "millisecond", "milliseconds": 0.001
    case "s", "sec", "secs", "second", "seconds": 1
    case "m", "min", "mins", "minute", "minutes": 60
    case "h", "hour", "hours": 3_600
    case "d", "day", "days": 86_400
    default: nil
    }
  }
}
