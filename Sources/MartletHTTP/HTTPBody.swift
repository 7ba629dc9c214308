/// The body of a response: a sequence of pieces for one reader, read at the reader's pace.
///
/// Each piece is what one or more reads from the connection brought. While 256 KiB wait to be read, the transfer
/// pauses. Dropping the body before its end cancels the transfer.
package struct HTTPBody: Sendable, AsyncSequence, AsyncIteratorProtocol {
  private let owner: Owner

  /// Ends the transfer when nobody can read it any more, and keeps the client's thread while somebody can.
  private final class Owner: Sendable {
    let transfer: Transfer
    let client: HTTPClient

    init(_ transfer: Transfer, _ client: HTTPClient) {
      self.transfer = transfer
      self.client = client
    }

    deinit { transfer.abandon() }
  }

  init(_ transfer: Transfer, client: HTTPClient) {
    owner = Owner(transfer, client)
  }

  var transfer: Transfer { owner.transfer }

  package func makeAsyncIterator() -> HTTPBody { self }

  /// The next piece, never empty; nil at the clean end of the body.
  ///
  /// Bytes that came before a failure are delivered before it is thrown. After the end, nil or the failure again.
  package func next(isolation: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
    try await owner.transfer.nextPiece()
  }

  /// The next piece, never empty; nil at the clean end of the body.
  nonisolated(nonsending) package func next() async throws(HTTPError) -> [UInt8]? {
    try await owner.transfer.nextPiece()
  }

  /// The most bytes that ever waited to be read.
  var peakUnread: Int { owner.transfer.peakUnread }

  func markProgress() {
    owner.transfer.markProgress()
  }

  func expectEnd(within limit: Duration) {
    owner.transfer.expectEnd(within: limit)
  }

  func markProgress(ifUseful piece: [UInt8]) {
    if piece.contains(where: { $0 > UInt8(ascii: " ") }) { owner.transfer.markProgress() }
  }
}
