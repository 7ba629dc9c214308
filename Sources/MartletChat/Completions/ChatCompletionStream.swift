/// An answer as it comes: a sequence of its parts, the last of which says why it ended and what it took.
///
/// The request is sent when the first part is asked for, and again for every iteration. Parts are read at the pace of
/// the iteration; ending it early ends the transfer. A failure is tried again only while no part was given.
///
/// ``text`` is the text alone, and ``collect(isolation:onText:)`` gives the whole answer in the end:
///
/// ```swift
/// for try await text in stream.text { print(text, terminator: "") }
/// let response = try await stream.collect { text in print(text, terminator: "") }
/// ```
public struct ChatCompletionStream: AsyncSequence, Sendable {
  /// The parts.
  public typealias Element = ChatCompletionChunk
  /// What ends a stream before its time.
  public typealias Failure = APIError

  let client: ChatClient
  let request: ChatRequest

  /// Begins an iteration.
  public func makeAsyncIterator() -> Iterator {
    Iterator(attempts: RequestAttempts(client, request))
  }

  /// Reads the parts of one answer.
  public struct Iterator: AsyncIteratorProtocol {
    private var attempts: RequestAttempts
    private var exchange: ReplyExchange?
    /// What the last read brought, and how much of it was given.
    private var batch: [ChatDelta] = []
    private var position = 0
    private var hasGiven = false
    private var hasEnded = false

    init(attempts: RequestAttempts) {
      self.attempts = attempts
    }

    /// The next part; nil after the last one.
    public mutating func next() async throws(APIError) -> ChatCompletionChunk? {
      try await next(isolation: nil)
    }

    /// The next part, for a caller of that isolation; nil after the last one.
    public mutating func next(
      isolation: isolated (any Actor)?
    ) async throws(APIError) -> ChatCompletionChunk? {
      while !hasEnded {
        if position < batch.count {
          hasGiven = true
          return takeChunk()
        }
        do throws(APIError) {
          if let last = try await readBatch(isolation: isolation) { return last }
        } catch {
          exchange = nil
          if hasGiven {
            hasEnded = true
            throw error
          }
          do throws(APIError) {
            try await attempts.wait(after: error)
          } catch {
            hasEnded = true
            throw error
          }
        }
      }
      return nil
    }

    /// The next delta, with how likely its tokens were where that is known.
    private mutating func takeChunk() -> ChatCompletionChunk {
      var chunk = ChatCompletionChunk(batch[position], of: exchange?.identity ?? ("", ""))
      position += 1
      if position < batch.count, case .logprobs(let value, isAlone: false) = batch[position] {
        chunk.choices[0].logprobs = value
        position += 1
      }
      return chunk
    }

    /// Reads what comes next; gives the last part when the answer is whole.
    private mutating func readBatch(isolation: isolated (any Actor)?) async throws(APIError) -> ChatCompletionChunk? {
      let current: ReplyExchange
      if let exchange { current = exchange } else { current = try await attempts.open() }
      exchange = nil
      let next = try await current.nextBatch()
      batch = next ?? []
      position = 0
      if next != nil {
        exchange = current
        return nil
      }
      hasEnded = true
      return ChatCompletionChunk(endOf: current.completion)
    }
  }
}
