package import MartletChat

/// Asks an endpoint a few small questions and says what it supports and where it strays from the standard.
package struct Doctor: Sendable {
  private let client: ChatClient
  private let model: String?
  private let probes: [Probe]

  /// Prepares an examination.
  ///
  /// - Parameters:
  ///   - client: The client of the endpoint.
  ///   - model: The model to ask; without one, the first that the server lists and that looks like one to talk to.
  ///   - skipped: Names of probes that are left out.
  package init(_ client: ChatClient, model: String? = nil, skipping skipped: Set<String> = []) {
    self.client = client
    self.model = model
    probes = Probe.all.filter { !skipped.contains($0.name) }
  }

  /// The names of the probes that can be left out.
  package static var probeNames: [String] { Probe.names }

  /// How many requests an endpoint is sent that refuses nothing.
  package var requests: Int { probes.reduce(0) { $0 + $1.requests } }
  /// How many tokens it has to read for that, roughly.
  package var promptTokens: Int { probes.reduce(0) { $0 + $1.requests * $1.promptTokens } }
  /// How many tokens it may write at most for that.
  package var completionTokens: Int { (requests - 1) * Probe.maxTokens }

  /// Finds the model to ask.
  ///
  /// - Throws: why there is no model, or the endpoint cannot be asked.
  package func chooseModel() async throws(APIError) -> ChosenModel {
    do throws(APIError) {
      let models = try await client.models.list().map(\.id)
      if let model { return ChosenModel(name: model, models: models) }
      guard let first = ChosenModel.firstToTalkTo(in: models) else {
        throw APIError(code: .notFound, message: "the server lists no models: name one with --model")
      }
      return ChosenModel(name: first, models: models)
    } catch {
      guard let model, error.statusCode != nil || error.code == .invalidReply, error.code != .authentication else {
        var error = error
        if error.statusCode == 404 || error.code == .invalidReply {
          error = APIError(
            code: error.code, statusCode: error.statusCode,
            message: "the server lists no models (\(error.message)): name one with --model")
        }
        throw error
      }
      return ChosenModel(name: model, models: nil, failure: error)
    }
  }

  /// Asks all questions, one after the other.
  ///
  /// - Parameters:
  ///   - chosen: The model.
  ///   - timeLeft: How long the rest may take; asked before each question.
  ///   - onResult: Told of each result.
  /// - Throws: why not even a plain answer can be had, or ``APIError/Code/canceled``.
  package func examine(
    _ chosen: ChosenModel, timeLeft: () -> Duration = { .seconds(300) },
    onResult: (ProbeResult) async -> Void = { _ in }
  ) async throws(APIError) -> DoctorReport {
    var examination = Examination(client: client, model: chosen.name)
    examination.models = chosen.models
    var results: [ProbeResult] = []
    for probe in probes {
      let result = try await result(of: probe, chosen, timeLeft, &examination)
      results.append(result)
      await onResult(result)
    }
    return DoctorReport(client: client, examination: examination, results: results)
  }

  private static let timeIsUp = "the time was up"

  private func result(
    of probe: Probe, _ chosen: ChosenModel, _ timeLeft: () -> Duration, _ examination: inout Examination
  ) async throws(APIError) -> ProbeResult {
    let left = timeLeft()
    guard left > .zero else { return ProbeResult(probe, .skipped, because: Self.timeIsUp) }
    if probe.name == "models", let failure = chosen.failure {
      return ProbeResult(probe, failure.statusCode == 404 ? .missing : .failed, because: failure.message)
    }
    examination.beginProbe(timeLeft: left)
    do throws(APIError) {
      let findings = try await probe.examine(&examination)
      return ProbeResult(probe, examination.findings + findings)
    } catch {
      let isHopeless: [APIError.Code] = [
        .authentication, .permission, .notFound, .quotaExceeded, .connection, .configuration,
      ]
      if error.code == .canceled || Task.isCancelled { throw error }
      // The server might have answered in more time; a timer may go off a little early.
      if error.code == .timeout, timeLeft() < .milliseconds(100) {
        return ProbeResult(probe, .skipped, because: Self.timeIsUp)
      }
      if probe.name == Probe.reply.name, isHopeless.contains(error.code) { throw error }
      return ProbeResult(probe, .failed, because: error.message, examination.findings)
    }
  }
}

/// The model that is examined.
package struct ChosenModel: Sendable {
  package let name: String
  /// The models that the server lists; nil if it does not.
  package let models: [String]?
  /// Why there is no list.
  var failure: APIError?

  /// The first of a list whose name is not that of a model for other purposes.
  static func firstToTalkTo(in models: [String]) -> String? {
    let others = [
      "embed", "whisper", "tts", "audio", "dall-e", "image", "moderation", "rerank", "realtime", "transcribe", "sora",
      "guard", "bge-", "babbage", "davinci", "instruct-0914", "codex", "search",
    ]
    return models.first { name in !others.contains { name.lowercased().firstRange(of: $0) != nil } } ?? models.first
  }
}
