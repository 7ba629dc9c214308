import MartletHTTP

/// What the refusals of one provider taught, for each model, so that no request repeats what another was refused for.
final class Lessons: Sendable {
  private let lessons = Lock<[String: [Lesson]]>([:])

  /// The bound of the models that are remembered.
  private static let maximumModels = 1_024

  /// What was learned of a model, in order.
  subscript(model: String) -> [Lesson] { lessons.withLock { $0[model] ?? [] } }

  /// Keeps a lesson; false if it was known already, or nothing more can be kept.
  func add(_ lesson: Lesson, for model: String) -> Bool {
    lessons.withLock { lessons in
      let known = lessons[model] ?? []
      guard !known.contains(lesson), !known.isEmpty || lessons.count < Self.maximumModels else { return false }
      lessons[model] = known + [lesson]
      return true
    }
  }
}

extension ProviderQuirks {
  /// These quirks with what lessons say.
  package func heeding(_ lessons: [Lesson]) -> ProviderQuirks {
    var quirks = self
    for lesson in lessons { lesson.apply(to: &quirks) }
    return quirks
  }
}

extension ChatClient {
  /// What is known of the provider, with what requests to this model were taught so far.
  package func quirks(for model: String) -> ProviderQuirks {
    provider.quirks.heeding(lessons[model])
  }

  /// What was learned of a model, in order.
  package func lessons(of model: String) -> [Lesson] { lessons[model] }

  /// Keeps a lesson for all requests to a model; false if it was known already.
  package func learn(_ lesson: Lesson, for model: String) -> Bool {
    lessons.add(lesson, for: model)
  }

  /// Reads what a refusal teaches and keeps what changes the request; false if the same request would be sent again.
  ///
  /// - Parameters:
  ///   - error: The refusal.
  ///   - request: What was refused; its messages may be elsewhere.
  ///   - quirks: How it was spelled; how to spell it from now on.
  ///   - onLesson: Told of each lesson that nobody learned before.
  ///   - changes: Whether other quirks spell the request differently.
  package func learn(
    from error: APIError, refusing request: ChatRequest, spelledWith quirks: inout ProviderQuirks,
    onLesson: (Lesson) -> Void = { _ in }, changes: (ProviderQuirks) -> Bool
  ) -> Bool {
    guard let refusal = Refusal(error) else { return false }
    let known = lessons[request.model]
    let tried = known + [.emptyContent(provider.quirks.messageStyle.emptyContent)]
    for lesson in refusal.lessons(of: request, spelledWith: quirks, known: tried) where !known.contains(lesson) {
      guard changes(quirks.heeding([lesson])) else { continue }
      if learn(lesson, for: request.model) { onLesson(lesson) }
    }
    // Another request may have learned the same in the meantime.
    let learned = self.quirks(for: request.model)
    guard learned != quirks, changes(learned) else { return false }
    quirks = learned
    return true
  }
}
