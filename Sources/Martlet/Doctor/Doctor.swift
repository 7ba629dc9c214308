package import MartletChat

/// Asks an endpoint a few small questions and says what it supports and where it strays from the standard.
package struct Doctor: Sendable {
  private let client: ChatClient
  private let model: String?
  /// The names of the probes that are left out.
  private let skipped: Set<String>

  /// How long an examination may take unless something else is said.
  package static let usualTime = Duration.seconds(300)

  /// Prepares an examination.
  ///
  /// - Parameters:
  ///   - client: The client of the endpoint, which sends each request once.
  ///   - model: The model to ask; without one, the first that the server lists and that looks like one to talk to.
  ///   - skipped: Names of probes that are left out.
  package init(_ client: ChatClient, model: String? = nil, skipping skipped: Set<String> = []) {
    self.client = client
    self.model = model
    self.skipped = skipped
  }

  /// The names of the probes that can be left out.
  package static var probeNames: [String] { Probe.names }

  /// How many requests an endpoint is sent that refuses nothing.
  package var requests: Int { asked.reduce(0) { $0 + $1.requests } }
  /// How many tokens it has to read for that, roughly.
  package var promptTokens: Int { asked.reduce(0) { $0 + $1.requests * $1.promptTokens } }
  /// How many tokens it may write at most for that.
  package var completionTokens: Int { (requests - 1) * Probe.maxTokens }

  private var asked: [Probe] { Probe.all.filter { !skipped.contains($0.name) } }

  /// Finds the model to ask.
  ///
  /// - Parameter timeLeft: How long it may take.
  /// - Throws: why there is no model, or the endpoint cannot be asked.
  package func chooseModel(
    timeLeft: @escaping @Sendable () -> Duration = { Self.usualTime }
  ) async throws(APIError) -> ChosenModel {
    var examination = Examination(client: client, model: "", timeLeft: timeLeft)
    do throws(APIError) {
      let models = try await examination.listModels()
      if let model { return ChosenModel(name: model, models: models, requests: examination.requests) }
      guard let first = ChosenModel.firstToTalkTo(in: models) else {
        throw APIError(code: .notFound, message: "the server lists no models: name one with --model")
      }
      return ChosenModel(name: first, models: models, requests: examination.requests)
    } catch {
      guard let model, error.statusCode != nil || error.code == .invalidReply, error.code != .authentication else {
        if error.isPageForAPI { throw APIError.noList(after: error) }
        throw error.statusCode == 404 ? APIError.noModels(after: error) : error
      }
      return ChosenModel(name: model, models: nil, failure: error, requests: examination.requests)
    }
  }

  /// Asks all questions, one after the other.
  ///
  /// - Parameters:
  ///   - chosen: The model.
  ///   - timeLeft: How long the rest may take; asked before each request.
  ///   - onResult: Told of each result.
  /// - Throws: why not even a plain answer can be had, or ``APIError/Code/canceled``.
  package func examine(
    _ chosen: ChosenModel, timeLeft: @escaping @Sendable () -> Duration = { Self.usualTime },
    onResult: (ProbeResult) async -> Void = { _ in }
  ) async throws(APIError) -> DoctorReport {
    var examination = Examination(
      client: client, model: chosen.name, requests: chosen.requests, timeLeft: timeLeft)
    examination.models = chosen.models
    var results: [ProbeResult] = []
    for probe in Probe.all {
      let result = try await result(of: probe, chosen, &examination)
      results.append(result)
      await onResult(result)
    }
    return DoctorReport(client: client, examination: examination, results: results)
  }

  private func result(
    of probe: Probe, _ chosen: ChosenModel, _ examination: inout Examination
  ) async throws(APIError) -> ProbeResult {
    if skipped.contains(probe.name) { return ProbeResult(probe, unasked: .leftOut) }
    if examination.isTimeUp { return ProbeResult(probe, unasked: .timeUp) }
    if probe.name == "models", let failure = chosen.failure {
      if failure.isPageForAPI { return ProbeResult(probe, [.missing("a web page answers")]) }
      if failure.statusCode == 404 { return ProbeResult(probe, [.missing(failure.description)]) }
      return ProbeResult(probe, failing: failure)
    }
    examination.beginProbe()
    do throws(APIError) {
      let findings = try await probe.examine(&examination)
      return ProbeResult(probe, examination.findings + findings)
    } catch {
      if error.code == .canceled || Task.isCancelled { throw error }
      // The server might have answered in more time.
      if error.code == .timeout, examination.isTimeUp { return ProbeResult(probe, unasked: .timeUp) }
      if probe.name == Probe.reply.name {
        if error.isPageForAPI { throw APIError.noAPI(after: error) }
        if Self.hopeless.contains(error.code) { throw error }
      }
      return ProbeResult(probe, failing: error, examination.findings)
    }
  }

  /// After such a failure of the first question no other one is answered.
  private static let hopeless: Set<APIError.Code> = [
    .authentication, .permission, .notFound, .rateLimited, .quotaExceeded, .connection, .configuration,
  ]
}

extension APIError {
  /// Whether a page for people stands where the API should be, and not that of a proxy whose server is down or refuses.
  fileprivate var isPageForAPI: Bool { isPage && [nil, 404, 405].contains(statusCode) }

  fileprivate static func noAPI(after error: APIError, but exception: String = "") -> APIError {
    let status = error.statusCode.map { " (status \($0))" } ?? ""
    return APIError(
      code: error.code,
      message:
        "a web page answers\(status): there is no API at this URL; that of an API usually ends in /v1\(exception)")
  }

  fileprivate static func noList(after error: APIError) -> APIError {
    noAPI(after: error, but: "; if the URL is right, name a model with --model")
  }

  fileprivate static func noModels(after error: APIError) -> APIError {
    APIError(
      code: error.code,
      message:
        "the server lists no models (\(error.description)): look at the URL, which usually ends in /v1, or name a "
        + "model with --model")
  }
}

/// The model that is examined.
package struct ChosenModel: Sendable {
  package let name: String
  /// The models that the server lists; nil if it does not.
  package let models: [String]?
  /// Why there is no list.
  var failure: APIError?
  /// How many requests it took to find out.
  var requests = 0

  /// The first of a list whose name is not that of a model for other purposes.
  static func firstToTalkTo(in models: [String]) -> String? {
    let others = [
      "embed", "whisper", "tts", "audio", "dall-e", "image", "moderation", "rerank", "realtime", "transcribe", "sora",
      "guard", "bge-", "babbage", "davinci", "instruct-0914", "codex", "search",
    ]
    return models.first { name in !others.contains { name.lowercased().firstRange(of: $0) != nil } } ?? models.first
  }
}
