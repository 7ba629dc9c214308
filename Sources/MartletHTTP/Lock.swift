package import Glibc

/// A value behind a `pthread_mutex_t`.
///
/// Not `Synchronization.Mutex`, whose futex ThreadSanitizer does not see, so that it reports races that are none. Not
/// an object either: the runtime would have to make a class of it for each type of value, most of them when a program
/// starts.
package struct Lock<Value>: ~Copyable, @unchecked Sendable {
  /// The mutex, and behind it in the same piece of memory the value.
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

  @inlinable
  package init(_ value: sending Value) {
    let alignment = max(MemoryLayout<pthread_mutex_t>.alignment, MemoryLayout<Value>.alignment)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Self.offset + MemoryLayout<Value>.size, alignment: alignment)
    mutex = memory.initializeMemory(as: pthread_mutex_t.self, to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    (memory + Self.offset).initializeMemory(as: Value.self, to: value)
  }

  @inlinable
  deinit {
    value.deinitialize(count: 1)
    pthread_mutex_destroy(mutex)
    UnsafeMutableRawPointer(mutex).deallocate()
  }

  @inlinable @inline(__always)
  var value: UnsafeMutablePointer<Value> {
    (UnsafeMutableRawPointer(mutex) + Self.offset).assumingMemoryBound(to: Value.self)
  }

  /// Where the value begins behind the mutex.
  @inlinable @inline(__always)
  static var offset: Int {
    let alignment = MemoryLayout<Value>.alignment
    return (MemoryLayout<pthread_mutex_t>.size + alignment - 1) / alignment * alignment
  }

  @inlinable @inline(__always)
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }

  /// As ``withLock(_:)``, unless another thread has the lock: then nil at once.
  @inlinable @inline(__always)
  package func withLockIfFree<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard pthread_mutex_trylock(mutex) == 0 else { return nil }
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
