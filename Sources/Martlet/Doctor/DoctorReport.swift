package import MartletChat
package import MartletJSON

/// What an examination found.
package struct DoctorReport: Sendable {
  package let provider: String
  /// The URL that was asked, without user name and password.
  package let url: String
  package let model: String
  package let results: [ProbeResult]
  /// How many requests were sent.
  package let requests: Int
  /// What they took.
  package let usage: Usage
  /// What to say in an agent file, by the keys of `quirks`.
  package let settings: [(key: String, value: JSONValue)]

  init(client: ChatClient, examination: Examination, results: [ProbeResult]) {
    provider = client.provider.name
    url = client.provider.shownURL
    model = examination.model
    self.results = results
    requests = examination.requests
    usage = examination.usage
    settings = QuirksDeclaration.difference(from: .builtIn(client.provider.name), to: client.quirks(for: model))
  }

  /// Whether the endpoint does what an agent cannot do without.
  package var isUsable: Bool {
    results.allSatisfy { !Probe.essential.contains($0.name) || [.ok, .strays].contains($0.status) }
  }

  /// Why it is not known whether it does that, though nothing speaks against it; empty where that is known.
  package var gaps: Set<ProbeResult.Gap> {
    let open = results.filter { Probe.essential.contains($0.name) && ![.ok, .strays].contains($0.status) }
    // Whoever calls no tool without a stream calls none in one, if nobody has seen otherwise.
    let callsNothing = open.contains { $0.name == "tool_call" } && status(of: "tool_call_whole") == .missing
    return open.allSatisfy { $0.gap != nil } && !callsNothing ? Set(open.compactMap(\.gap)) : []
  }

  /// Whether it is not known whether it does that, because not all was asked or answered.
  package var isUndecided: Bool { !gaps.isEmpty }

  private func status(of name: String) -> ProbeResult.Status? { results.first { $0.name == name }?.status }

  /// How many results there are of a kind.
  package func count(of status: ProbeResult.Status) -> Int { results.filter { $0.status == status }.count }

  /// The report for machines; every member is always there.
  package var json: JSONValue {
    [
      "provider": .string(provider), "url": .string(url), "model": .string(model),
      "usable": isUndecided ? .null : .bool(isUsable),
      "requests": .number(JSONNumber(requests)),
      "usage": [
        "prompt_tokens": .number(JSONNumber(usage.promptTokens)),
        "completion_tokens": .number(JSONNumber(usage.completionTokens)),
        "estimated": .bool(usage.isEstimated),
      ],
      "probes": .array(results.map(\.json)), "quirks": .object(JSONObject(settings.map { ($0.key, $0.value) })),
    ]
  }

  /// The part of an agent file that says what was found; nil if there is nothing to say.
  ///
  /// - Parameters:
  ///   - baseURL: The URL of an endpoint that is not built in.
  ///   - keyVariable: The variable that its key was taken from.
  ///   - allowsInsecureHTTP: Whether plain http has to be allowed for it.
  package func yaml(baseURL: String?, keyVariable: String? = nil, allowsInsecureHTTP: Bool = false) -> String? {
    if baseURL == nil, settings.isEmpty { return nil }
    var lines = ["providers:", "  \(provider):"]
    if let baseURL { lines.append("    base_url: \(JSONValue.string(baseURL).canonicalString())") }
    if let keyVariable { lines.append("    api_key_env: \(keyVariable)") }
    if allowsInsecureHTTP { lines.append("    allow_insecure_http: true") }
    if !settings.isEmpty { lines.append("    quirks:") }
    lines += settings.map { key, value in
      // The words are plain, but for the one that YAML reads as a value.
      let word = value == "null" ? "\"null\"" : value.stringValue ?? value.canonicalString()
      return "      \(key): \(word)"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ProviderQuirks {
  /// What is known of a built-in provider; of any other, nothing.
  fileprivate static func builtIn(_ name: String) -> ProviderQuirks {
    ProviderCatalog.provider(named: name)?.quirks ?? ProviderQuirks()
  }
}

extension ProbeResult {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "title": .string(title), "status": .string(status.rawValue),
      "findings": .array(
        findings.map { ["kind": .string($0.kind.rawValue), "message": .string($0.message)] }),
      "reason": reason.map { .string($0) } ?? .null,
    ]
  }
}
