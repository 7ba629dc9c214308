extension ChatCompletionStream {
  /// The text alone, as it comes: a sequence of its pieces, none of them empty.
  ///
  /// ```swift
  /// for try await text in client.chat.completions.stream(model: "llama-3.2-1b", messages: [.user("Hi")]).text {
  ///   print(text, terminator: "")
  /// }
  /// ```
  public var text: Text { Text(stream: self) }

  /// Reads the stream to its end and gives the whole answer, the same as `create` does.
  ///
  /// - Parameters:
  ///   - isolation: The actor of the caller.
  ///   - onText: Takes each piece of the text as it comes. The next is not read before it returns, and an error that it
  ///     throws ends the transfer and is thrown.
  /// - Throws: ``APIError``, or what `onText` throws.
  public func collect(
    isolation: isolated (any Actor)? = #isolation, onText: (String) async throws -> Void = { _ in }
  ) async throws -> ChatCompletion {
    var iterator = makeAsyncIterator()
    while let chunk = try await iterator.next(isolation: isolation) {
      if let text = chunk.choices.first?.delta.content { try await onText(text) }
      if let completion = chunk.completion { return completion }
    }
    throw APIError.cut("before it began")
  }

  /// The text of an answer as it comes; ending the iteration early ends the transfer.
  public struct Text: AsyncSequence, Sendable {
    /// The pieces.
    public typealias Element = String
    /// What ends a stream before its time.
    public typealias Failure = APIError

    let stream: ChatCompletionStream

    /// Begins an iteration, which sends the request.
    public func makeAsyncIterator() -> Iterator { Iterator(parts: stream.makeAsyncIterator()) }

    /// Reads the text of one answer.
    public struct Iterator: AsyncIteratorProtocol {
      private var parts: ChatCompletionStream.Iterator

      init(parts: ChatCompletionStream.Iterator) { self.parts = parts }

      /// The next piece; nil after the last one.
      public mutating func next() async throws(APIError) -> String? {
        try await next(isolation: nil)
      }

      /// The next piece, for a caller of that isolation; nil after the last one.
      public mutating func next(isolation: isolated (any Actor)?) async throws(APIError) -> String? {
        while let chunk = try await parts.next(isolation: isolation) {
          if let text = chunk.choices.first?.delta.content, !text.isEmpty { return text }
        }
        return nil
      }
    }
  }
}
