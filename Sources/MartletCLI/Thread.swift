import Glibc

/// Calls a function on a thread of its own, which leaves the main thread to the signals; an error number if there is none.
func beginThread(_ work: @escaping @Sendable () -> Void) -> Int32? {
  let box = Unmanaged.passRetained(Work(call: work))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { box in
      if let box { Unmanaged<Work>.fromOpaque(box).takeRetainedValue().call() }
      return nil
    }, box.toOpaque())
  guard failure == 0 else {
    box.release()
    return failure
  }
  pthread_detach(thread)
  return nil
}

private final class Work: Sendable {
  let call: @Sendable () -> Void

  init(call: @escaping @Sendable () -> Void) { self.call = call }
}
