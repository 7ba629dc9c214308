import MartletChat

extension Probe {
  /// Where a server ends an answer, a conversation, and its patience.
  static let limits: [Probe] = [
    Probe(name: "token_bound", title: "keeps max_completion_tokens", requests: 2) {
      examination async throws(APIError) in
      try await examination.boundTokens()
    },
    Probe(name: "context", title: "takes a long conversation", promptTokens: 9_000) {
      examination async throws(APIError) in
      try await examination.askForCodeWord()
    },
    Probe(name: "error", title: "says what is wrong with a request", promptTokens: 20) {
      examination async throws(APIError) in
      await examination.askUnknownModel()
    },
  ]
}

extension Examination {
  fileprivate static let fewTokens = 16
  /// More bytes than so few tokens ever have in plain words.
  fileprivate static let fewTokensBytes = fewTokens * 10
  private static let codeWord = "heron-42"

  /// Asks for a long answer under each of the two bounds of its length.
  fileprivate mutating func boundTokens() async throws(APIError) -> [Finding] {
    var request = question("Count from 1 to 200, in words.")
    (request.maxTokens, request.maxCompletionTokens) = (nil, Self.fewTokens)
    switch try await ask(request).keepsFewTokens {
    case true?: return []
    case nil: return [.note("it could not be seen: the model said less than it might")]
    case false?: break
    }
    (request.maxTokens, request.maxCompletionTokens) = (Self.fewTokens, nil)
    switch try await ask(request).keepsFewTokens {
    case true?:
      learn(.tokenBound(.maxTokens))
      return []
    case nil: return [.missing("an answer is longer than it may be; whether `max_tokens` is kept could not be seen")]
    case false?: return [.missing("an answer is longer than it may be: neither bound of its length is kept")]
    }
  }

  fileprivate mutating func askForCodeWord() async throws(APIError) -> [Finding] {
    let lines = (1...800).map { "Line \($0): there is nothing of interest in it." }
    let text =
      "The code word is \(Self.codeWord).\n" + lines.joined(separator: "\n")
      + "\nWhat is the code word of the first line? Reply with it alone."
    let request = question(text)
    let reply: AssembledReply
    do throws(APIError) {
      reply = try await ask(request)
    } catch {
      guard error.code == .contextLengthExceeded else { throw error }
      return [.note("its context is smaller than some \(text.utf8.count / 4) tokens, and it says so")]
    }
    var watch = PromptWatch()
    if let suspicion = watch.suspicion(bytes: text.utf8.count, usage: reply.usage) {
      return [.stray(ModelNotice.contextCut(suspicion).message)]
    }
    if reply.text?.contains(Self.codeWord) ?? (reply.finishReason == .length) { return [] }
    return [.note("the model did not find what stands in the first of \(lines.count) lines")]
  }

  /// An error is what is wanted here, and its absence is worth a note.
  fileprivate mutating func askUnknownModel() async -> [Finding] {
    var request = question("Reply with the word: ok")
    request.model = "martlet-doctor-unknown-model"
    do throws(APIError) {
      _ = try await ask(request, trying: client.lessons(of: model))
      return [.note("it answers whatever the model is called")]
    } catch {
      guard let status = error.statusCode else { return [.missing("no answer: \(error.message)")] }
      var findings: [Finding] = []
      if !(400...499).contains(status) {
        findings.append(.stray("an unknown model is answered with status \(status), and is asked for again in vain"))
      }
      if !error.hasStandardForm {
        findings.append(.stray("an error is no object `error` with a `message`: its text is shown as it is"))
      }
      return findings
    }
  }
}

extension AssembledReply {
  /// Whether it was ended at the bound of few tokens; nil if it is shorter, so that nothing can be said.
  fileprivate var keepsFewTokens: Bool? {
    if finishReason == .length { return true }
    if !usage.isEstimated {
      let tokens = usage.completionTokens
      return tokens == Examination.fewTokens ? true : tokens > Examination.fewTokens ? false : nil
    }
    return (text ?? "").utf8.count > Examination.fewTokensBytes ? false : nil
  }
}
