package import MartletChat
import MartletJSON

/// What a run has come to so far, and how near it is to its limits.
package struct RunProgress: Sendable {
  /// How many replies the model gave.
  package private(set) var turns = 0
  /// How many of them came from the response cache.
  private(set) var cachedTurns = 0
  /// The number of the reply that is being worked on.
  var turn = 0
  package var toolCalls: [ToolCallRecord] = []
  package var usage: Usage?
  package var output: String?
  /// The answer, where it has to be a value.
  private(set) var value: JSONValue?
  package var finishReason: FinishReason?
  /// The model that answered last, where a conversation has several.
  package private(set) var model: String?
  private let limits: RunLimits
  private var noticed: Set<String> = []

  init(limits: RunLimits) {
    self.limits = limits
  }

  mutating func add(_ reply: ModelReply) {
    turns += 1
    if reply.isCached { cachedTurns += 1 }
    output = reply.text
    finishReason = reply.finishReason
    model = reply.model ?? model
    add(reply.usage)
  }

  /// Takes the answer that ends the run.
  mutating func complete(with answer: JSONValue?) {
    guard let answer else { return }
    value = answer
    output = answer.canonicalString()
  }

  /// Counts a reply's tokens, also of one that does not count otherwise: they were paid.
  mutating func add(_ added: Usage?) {
    guard let added else { return }
    guard var sum = usage else {
      usage = added
      return
    }
    sum.add(added)
    usage = sum
  }

  /// The limit that forbids running the calls of the newest reply: after them the model could not be asked again.
  func limitReached(before calls: Int) -> RunLimit? {
    if turns >= limits.maxTurns { return .turns(limits.maxTurns) }
    if toolCalls.count + calls > limits.maxToolCalls { return .toolCalls(limits.maxToolCalls) }
    if let tokens = limits.maxTotalTokens, let usage, usage.totalTokens >= tokens { return .totalTokens(tokens) }
    if let cost = limits.maxCost, let used = usage?.exactCost, used >= Cost(dollars: cost) { return .cost(cost) }
    return nil
  }

  /// Whether a notice was not given in this run; one of a kind that repeats with other figures counts once.
  mutating func isNew(_ notice: ModelNotice) -> Bool {
    noticed.insert(notice.code == "lesson" ? notice.message : notice.code).inserted
  }

  /// What is worth knowing of how a reply came: that it is an earlier one; and, once in a run, each tolerance that it
  /// needed, and why the cache cannot be used.
  mutating func notices(of reply: ModelReply) -> [AgentEvent] {
    var notices = reply.tolerances.compactMap { name -> AgentEvent? in
      guard noticed.insert(name).inserted else { return nil }
      let words = Tolerance.words(for: name).map { ": \($0)" } ?? ", which was put right"
      return .notice(code: "tolerance", message: "the server strays from the standard\(words) (\(name))")
    }
    if reply.isCached {
      notices.append(.notice(code: "cached_reply", message: "turn \(turn) was answered from the response cache"))
    }
    if let problem = reply.cacheProblem, noticed.insert("cache_problem").inserted {
      notices.append(.notice(code: "cache_problem", message: "the response cache cannot be used: \(problem)"))
    }
    return notices
  }

  /// A notice for each limit of which four fifths are used up, once.
  mutating func takeNotices() -> [AgentEvent] {
    var notices: [AgentEvent] = []
    func note(_ name: String, _ used: Int, of limit: Int?) {
      guard let limit, used >= limit - limit / 5, noticed.insert(name).inserted else { return }
      notices.append(.notice(code: "limit_near", message: "\(used) of \(name) \(limit) used"))
    }
    note("max_turns", turns, of: limits.maxTurns)
    note("max_tool_calls", toolCalls.count, of: limits.maxToolCalls)
    note("max_total_tokens", usage?.totalTokens ?? 0, of: limits.maxTotalTokens)
    if let limit = limits.maxCost, let used = usage?.exactCost, used.dollars >= limit * 0.8,
      noticed.insert("max_cost").inserted
    {
      let words = "\(used.inWords) of max_cost \(Cost(dollars: limit).inWords) used"
      notices.append(.notice(code: "limit_near", message: words))
    }
    return notices
  }
}

/// A limit that ended a run.
package enum RunLimit: Sendable, Hashable {
  case turns(Int)
  case toolCalls(Int)
  case totalTokens(Int)
  case cost(Double)
  case repeats(Int)
  case time(Duration)

  var error: AgentError {
    switch self {
    case .turns(let limit):
      AgentError(
        code: "max_turns", message: "the model was not done in turn \(limit), the last one allowed (max_turns)")
    case .toolCalls(let limit):
      AgentError(
        code: "max_tool_calls", message: "the model's calls would exceed the \(limit) allowed (max_tool_calls)")
    case .totalTokens(let limit):
      AgentError(code: "max_total_tokens", message: "the run has used up its \(limit) tokens (max_total_tokens)")
    case .cost(let limit):
      AgentError(code: "max_cost", message: "the run has used up its \(Cost(dollars: limit).inWords) (max_cost)")
    case .repeats(let limit):
      AgentError(
        code: "max_repeats",
        message: "the model made the same call with the same result \(limit) times in a row (max_repeats)")
    case .time(let limit):
      AgentError(code: "timeout", message: "the run was not done after \(limit.inWords) (timeout)")
    }
  }
}

/// How a loop ended.
package enum RunEnding: Sendable {
  case completed
  case incomplete(FinishReason)
  case rejected(AgentError)
  case limit(RunLimit)
  case modelError(APIError)
  case failed(AgentError)
  case interrupted

  var outcome: RunOutcome {
    switch self {
    case .completed: .completed
    case .incomplete: .incomplete
    case .rejected: .rejected
    case .limit: .limit
    case .modelError(let error):
      switch error.code {
      case .rateLimited, .quotaExceeded: .rateLimited
      case .contextLengthExceeded: .limit
      default: .modelError
      }
    case .failed(let error): error.code == .invalid ? .invalid : .failed
    case .interrupted: .interrupted
    }
  }

  var error: AgentError? {
    switch self {
    case .completed: nil
    case .incomplete(let reason): AgentError(code: .init(rawValue: reason.rawValue), message: reason.explanation)
    case .limit(let limit): limit.error
    case .modelError(let error): AgentError(error)
    case .failed(let error), .rejected(let error): error
    case .interrupted: AgentError(code: .interrupted, message: "the run was interrupted")
    }
  }
}

extension FinishReason {
  fileprivate var explanation: String {
    switch self {
    case .length: "the reply was cut at the model's bound of length"
    case .contentFilter: "the reply was stopped by a content filter"
    default: "the model refused to answer"
    }
  }
}
