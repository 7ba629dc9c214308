/// A format of the standard (Validation 7.3). Each is checked in time proportional to the string.
enum SchemaFormat: String, Sendable, CaseIterable {
  case dateTime = "date-time"
  case date
  case time
  case duration
  case email
  case idnEmail = "idn-email"
  case hostname
  case idnHostname = "idn-hostname"
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case uuid
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex

  /// Whether a string is of the format.
  func accepts(_ string: String) -> Bool {
    var string = string
    return string.withUTF8 { accepts($0) }
  }

  private func accepts(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var scanner = FormatScanner(bytes)
    return switch self {
    case .dateTime: scanner.takeDateTime() && scanner.isAtEnd
    case .date: scanner.takeDate() && scanner.isAtEnd
    case .time: scanner.takeTime() && scanner.isAtEnd
    case .duration: scanner.takeDuration() && scanner.isAtEnd
    case .email: scanner.isEmail(international: false)
    case .idnEmail: scanner.isEmail(international: true)
    case .hostname: HostName.isValid(scanner.rest, international: false)
    case .idnHostname: HostName.isValid(scanner.rest, international: true)
    case .ipv4: scanner.takeIPv4() && scanner.isAtEnd
    case .ipv6: scanner.takeIPv6() && scanner.isAtEnd
    case .uri: scanner.isURI(needsScheme: true, international: false)
    case .uriReference: scanner.isURI(needsScheme: false, international: false)
    case .iri: scanner.isURI(needsScheme: true, international: true)
    case .iriReference: scanner.isURI(needsScheme: false, international: true)
    case .uriTemplate: scanner.takeURITemplate() && scanner.isAtEnd
    case .uuid: scanner.takeUUID() && scanner.isAtEnd
    case .jsonPointer: scanner.takeJSONPointer() && scanner.isAtEnd
    case .relativeJSONPointer: scanner.takeRelativeJSONPointer() && scanner.isAtEnd
    case .regex: (try? Pattern(String(decoding: bytes, as: UTF8.self))) != nil
    }
  }

  /// The work of checking a string of so many bytes, in the steps of a check.
  func cost(bytes: Int) -> Int {
    switch self {
    // Longer names are refused at once, shorter ones looked at letter by letter.
    case .hostname, .idnHostname, .email, .idnEmail: bytes / 16 + 4 * min(bytes, 1_024)
    // The expression is compiled; a few bytes may come to ten thousand instructions.
    case .regex: 2_000 + 16 * min(bytes, 1 << 24)
    default: 1 + bytes / 16
    }
  }

  /// What the format is called in a message, with an example where that says most.
  var description: String {
    switch self {
    case .dateTime: "a date and time with its offset, such as 2026-03-29T14:30:00Z"
    case .date: "a date such as 2026-03-29"
    case .time: "a time with its offset, such as 14:30:00Z"
    case .duration: "a duration such as P1DT2H30M"
    case .email, .idnEmail: "an email address"
    case .hostname, .idnHostname: "a host name such as example.org"
    case .ipv4: "an IPv4 address such as 192.0.2.1"
    case .ipv6: "an IPv6 address such as 2001:db8::1"
    case .uri: "a URI such as https://example.org/a?b=c, with other characters percent-encoded"
    case .uriReference: "a URI or a relative reference such as ../a, with other characters percent-encoded"
    case .iri: "an IRI such as https://example.org/ä"
    case .iriReference: "an IRI or a relative reference"
    case .uriTemplate: "a URI template such as https://example.org/{id}"
    case .uuid: "a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    case .jsonPointer: "a JSON Pointer such as /a/0"
    case .relativeJSONPointer: "a relative JSON Pointer such as 1/a"
    case .regex: "a regular expression of ECMA-262"
    }
  }
}
