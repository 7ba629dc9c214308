package import MartletJSON

/// Tokens that a reply, or a run, took.
public struct Usage: Sendable, Hashable {
  /// Tokens of the conversation that was sent.
  public var promptTokens = 0
  /// Tokens of the reply.
  public var completionTokens = 0
  /// Those of the prompt that the provider had in its cache.
  public var cachedTokens = 0
  /// Tokens of hidden reasoning; some providers count them among the reply's, some only in the total.
  public var reasoningTokens = 0
  /// Tokens that the provider counts in the total but in neither the prompt nor the reply.
  public var otherTokens = 0
  /// Whether any of the numbers is an estimate, because the model reported none.
  public var isEstimated = false
  /// What the tokens cost, exactly; nil where a price is not known.
  package var exactCost: Cost?

  /// What the tokens cost in US dollars; nil where a price is not known: see ``TokenPrice``.
  ///
  /// Sums are exact inside; this is the nearest `Double`, which is for showing and comparing.
  public var cost: Double? {
    get { exactCost?.dollars }
    set { exactCost = newValue.map { Cost(dollars: $0) } }
  }

  /// No tokens.
  public init() {}

  /// Everything together.
  public var totalTokens: Int { Self.sum(Self.sum(promptTokens, completionTokens), otherTokens) }

  /// Adds the tokens and the cost of another reply; the cost is known only where both are.
  package mutating func add(_ other: Usage) {
    if let cost = knownCost, let more = other.knownCost { exactCost = cost + more } else { exactCost = nil }
    promptTokens = Self.sum(promptTokens, other.promptTokens)
    completionTokens = Self.sum(completionTokens, other.completionTokens)
    cachedTokens = Self.sum(cachedTokens, other.cachedTokens)
    reasoningTokens = Self.sum(reasoningTokens, other.reasoningTokens)
    otherTokens = Self.sum(otherTokens, other.otherTokens)
    isEstimated = isEstimated || other.isEstimated
  }

  /// The cost; no tokens cost nothing, whatever their price is.
  private var knownCost: Cost? { exactCost ?? (totalTokens == 0 ? .zero : nil) }

  /// The sum, or the largest number where it is larger.
  private static func sum(_ one: Int, _ other: Int) -> Int {
    let (sum, overflows) = one.addingReportingOverflow(other)
    return overflows ? (one < 0 ? .min : .max) : sum
  }
}

extension Usage {
  /// Reads a `usage` object under the names of several providers; nil if it counts nothing.
  package init?(wire: JSONValue?) {
    guard let object = wire?.objectValue else { return nil }
    self.init()
    promptTokens = Self.first(of: ["prompt_tokens", "input_tokens"], in: object) ?? 0
    completionTokens = Self.first(of: ["completion_tokens", "output_tokens"], in: object) ?? 0
    let promptDetails = (object["prompt_tokens_details"] ?? object["input_tokens_details"])?.objectValue
    let completionDetails = (object["completion_tokens_details"] ?? object["output_tokens_details"])?.objectValue
    cachedTokens =
      promptDetails.flatMap { Self.first(of: ["cached_tokens"], in: $0) }
      ?? Self.first(
        of: ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"], in: object)
      ?? 0
    reasoningTokens =
      completionDetails.flatMap { Self.first(of: ["reasoning_tokens"], in: $0) }
      ?? Self.first(of: ["reasoning_tokens"], in: object) ?? 0
    let total = Self.first(of: ["total_tokens"], in: object) ?? 0
    otherTokens = max(0, total - promptTokens - completionTokens)
    if totalTokens == 0 { return nil }
  }

  /// Reads the next value as ``init(wire:)`` does; nil if it counts nothing, and the cursor stops if it is no object.
  init?(reading cursor: inout JSONCursor) {
    let start = cursor.position
    self.init()
    if readStandard(&cursor) { return }
    cursor.goBack(to: start)
    guard let usage = cursor.takeValue().flatMap({ Usage(wire: $0) }) else { return nil }
    self = usage
  }

  /// Takes an object with the counts of the standard and no others; false if it is another one, or counts nothing.
  private mutating func readStandard(_ cursor: inout JSONCursor) -> Bool {
    var total = 0
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "prompt_tokens": promptTokens = Self.held(cursor.integer())
      case "completion_tokens": completionTokens = Self.held(cursor.integer())
      case "total_tokens": total = Self.held(cursor.integer())
      case "prompt_tokens_details": cachedTokens = Self.count("cached_tokens", among: &cursor)
      case "completion_tokens_details": reasoningTokens = Self.count("reasoning_tokens", among: &cursor)
      default: return false
      }
    }
    otherTokens = max(0, total - promptTokens - completionTokens)
    return !cursor.hasStopped && totalTokens > 0
  }

  /// Takes an object and gives one of its counts.
  private static func count(_ name: StaticString, among cursor: inout JSONCursor) -> Int {
    var count = 0
    cursor.enterObject()
    while let key = cursor.nextKey() {
      if name ~= key { count = held(cursor.integer()) } else { cursor.skip() }
    }
    return count
  }

  /// Guesses at four bytes a token, for a provider that reports nothing.
  package init(estimatedFrom promptBytes: Int, _ completionBytes: Int) {
    self.init()
    promptTokens = promptBytes / 4 + (promptBytes % 4 == 0 ? 0 : 1)
    completionTokens = completionBytes / 4 + (completionBytes % 4 == 0 ? 0 : 1)
    isEstimated = true
  }

  /// The first of the names that has a count.
  private static func first(of names: [String], in object: JSONObject) -> Int? {
    for name in names {
      if let count = object[name]?.intValue { return held(count) }
    }
    return nil
  }

  /// A count, a hostile one held to where sums cannot overflow.
  private static func held(_ count: Int) -> Int { min(max(count, 0), 1 << 40) }
}
