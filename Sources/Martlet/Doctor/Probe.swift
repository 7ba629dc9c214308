package import MartletChat

/// A small question to an endpoint, and what its answer says about it.
struct Probe: Sendable {
  /// A stable word for machines, such as `tool_call`.
  let name: String
  /// What is tried, for people.
  let title: String
  /// How many requests it takes while nothing is refused.
  var requests = 1
  /// How many tokens the conversation has, roughly.
  var promptTokens = 150
  /// Asks and judges; what it throws is its failure, and the other probes go on.
  let examine: @Sendable (inout Examination) async throws(APIError) -> [Finding]

  /// The most tokens that one answer may have; models that think first need some.
  static let maxTokens = 512
}

/// Something that a probe found.
package struct Finding: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// Worth knowing, and as the standard has it.
    case note
    /// Not as the standard has it; something is done about it.
    case stray
    /// Not there.
    case missing
  }

  package let kind: Kind
  /// What the server does, and what is done about it.
  package let message: String

  static func note(_ message: String) -> Finding { Finding(kind: .note, message: message) }
  static func stray(_ message: String) -> Finding { Finding(kind: .stray, message: message) }
  static func missing(_ message: String) -> Finding { Finding(kind: .missing, message: message) }
}

/// What became of one probe.
package struct ProbeResult: Sendable {
  package enum Status: String, Sendable, Hashable {
    /// As the standard has it.
    case ok
    /// Not as the standard has it, but usable.
    case strays
    /// Not there.
    case missing
    /// No usable answer came.
    case failed
    /// Not asked.
    case skipped
  }

  /// Why it is not known what the endpoint does, though nothing speaks against it.
  package enum Gap: Sendable, Hashable {
    /// Whoever asks did not want to know.
    case leftOut
    case timeUp
    /// A failure that says nothing of what was asked.
    case failure(APIError.Code)
  }

  package let name: String
  package let title: String
  package let status: Status
  package let findings: [Finding]
  /// Why it failed or was not asked.
  package let reason: String?
  package let gap: Gap?

  init(_ probe: Probe, _ findings: [Finding]) {
    var seen: Set<Finding> = []
    let kinds = Set(findings.map(\.kind))
    self.init(
      probe, kinds.contains(.missing) ? .missing : kinds.contains(.stray) ? .strays : .ok,
      findings.filter { seen.insert($0).inserted })
  }

  /// The result of a probe that was not asked.
  init(_ probe: Probe, unasked gap: Gap) {
    self.init(probe, .skipped, reason: gap == .leftOut ? "left out" : "the time was up", gap: gap)
  }

  /// The result of a probe that no usable answer came to.
  init(_ probe: Probe, failing error: APIError, _ findings: [Finding] = []) {
    let saysNothing: Set<APIError.Code> = [.rateLimited, .quotaExceeded, .timeout, .connection]
    self.init(
      probe, .failed, findings, reason: error.description,
      gap: saysNothing.contains(error.code) ? .failure(error.code) : nil)
  }

  private init(_ probe: Probe, _ status: Status, _ findings: [Finding] = [], reason: String? = nil, gap: Gap? = nil) {
    name = probe.name
    title = probe.title
    self.status = status
    self.findings = findings
    self.reason = reason
    self.gap = gap
  }
}
