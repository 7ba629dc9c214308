import MartletHTTP

/// A lock that several owners share, such as the copies of a stub.
package final class SharedLock<Value>: Sendable {
  private let lock: Lock<Value>

  package init(_ value: sending Value) { lock = Lock(value) }

  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try lock.withLock(body)
  }
}
