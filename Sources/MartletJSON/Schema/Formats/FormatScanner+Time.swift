/// Dates, times and durations of RFC 3339.
extension FormatScanner {
  mutating func takeDateTime() -> Bool { takeDate() && take(letter: "t") && takeTime() }

  mutating func takeDate() -> Bool {
    guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2), take("-"),
      let day = takeNumber(digits: 2), (1...12).contains(month)
    else { return false }
    let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days =
      switch month {
      case 2: isLeapYear ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    return (1...days).contains(day)
  }

  /// A leap second is one only at the end of a day of UTC.
  mutating func takeTime() -> Bool {
    guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2), take(":"),
      let second = takeNumber(digits: 2), hour < 24, minute < 60, second <= 60
    else { return false }
    if take("."), take(while: \.isDigit) == 0 { return false }
    guard let offset = takeOffset() else { return false }
    let day = 24 * 60
    return second < 60 || (hour * 60 + minute - offset + 2 * day) % day == day - 1
  }

  /// Takes `Z` or an offset, and gives its minutes.
  private mutating func takeOffset() -> Int? {
    if take(letter: "z") { return 0 }
    let sign = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hours = takeNumber(digits: 2), take(":"), let minutes = takeNumber(digits: 2), hours < 24,
      minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }

  /// RFC 3339, appendix A: each unit may be followed by the next smaller one only; weeks stand alone.
  mutating func takeDuration() -> Bool {
    guard take("P") else { return false }
    if next == UInt8(ascii: "T") { return takeTimeOfDuration() }
    guard let unit = takeUnit("YMWD") else { return false }
    if unit == 2 { return true }
    var last = unit
    while next?.isDigit == true {
      guard let unit = takeUnit("YMWD"), unit == (last == 0 ? 1 : 3), last < 3 else { return false }
      last = unit
    }
    return next != UInt8(ascii: "T") || takeTimeOfDuration()
  }

  private mutating func takeTimeOfDuration() -> Bool {
    guard take("T"), var last = takeUnit("HMS") else { return false }
    while next?.isDigit == true {
      guard let unit = takeUnit("HMS"), unit == last + 1 else { return false }
      last = unit
    }
    return true
  }

  /// Takes digits and one of these letters, and gives its position.
  private mutating func takeUnit(_ letters: StaticString) -> Int? {
    guard take(while: \.isDigit) > 0, let letter = takeAny() else { return nil }
    return letters.withUTF8Buffer { $0.firstIndex(of: letter) }
  }
}
