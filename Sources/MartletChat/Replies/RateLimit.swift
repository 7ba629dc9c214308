package import MartletHTTP

/// What a provider still allows, by the headers of a reply.
///
/// ```swift
/// if let tokens = response.rateLimit?.tokens, tokens.remaining == 0 {
///   print("no tokens left for", tokens.resetsAfter ?? .zero)
/// }
/// ```
public struct RateLimit: Sendable, Hashable {
  /// One quantity that is limited.
  public struct Budget: Sendable, Hashable {
    /// How much is allowed within the provider's interval; `x-ratelimit-limit-*`.
    public var limit: Int?
    /// How much of it is left; `x-ratelimit-remaining-*`.
    public var remaining: Int?
    /// How long it takes until all of it is there again, at most a day; `x-ratelimit-reset-*`.
    public var resetsAfter: Duration?

    /// Whether the provider said nothing about it.
    var isUnknown: Bool { limit == nil && remaining == nil && resetsAfter == nil }
  }

  /// Requests; also what a provider limits without saying what it is.
  public var requests: Budget?
  /// Tokens.
  public var tokens: Budget?

  /// Reads `x-ratelimit-*`; nil if there are none. `now` is the time in seconds since 1970.
  package init?(_ headers: HTTPHeaders, now: @autoclosure () -> Int64) {
    var requests = Budget()
    var tokens = Budget()
    var other = Budget()
    for field in headers.fields where field.name.utf8.first.map({ $0 | 0x20 }) == UInt8(ascii: "x") {
      let name = field.name.lowercased()
      guard name.hasPrefix(Self.prefix) else { continue }
      let words = name.dropFirst(Self.prefix.count).split(separator: "-", maxSplits: 1)
      guard let first = words.first else { continue }
      switch words.dropFirst().first {
      case "requests": Self.read(first, field.value, now(), into: &requests)
      case "tokens": Self.read(first, field.value, now(), into: &tokens)
      case nil: Self.read(first, field.value, now(), into: &other)
      default: break
      }
    }
    if requests.isUnknown { requests = other }
    if requests.isUnknown, tokens.isUnknown { return nil }
    self.requests = requests.isUnknown ? nil : requests
    self.tokens = tokens.isUnknown ? nil : tokens
  }

  private static let prefix = "x-ratelimit-"

  private static func read(_ word: Substring, _ value: String, _ now: Int64, into budget: inout Budget) {
    switch word {
    case "limit": budget.limit = count(value)
    case "remaining": budget.remaining = count(value)
    case "reset": budget.resetsAfter = RetryAfter.reset(value, now: now)
    default: break
    }
  }

  /// A count that is not negative; what follows a comma or a semicolon describes it.
  private static func count(_ value: String) -> Int? {
    let digits = value.prefix { $0 != "," && $0 != ";" }.drop { $0 == " " }
    return Int(digits).flatMap { $0 >= 0 ? $0 : nil }
  }
}
