import Glibc

/// Calls a function on a thread of its own, which leaves the main thread to the signals; without one, here.
func beginThread(_ work: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(Work(call: work))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { box in
      if let box { Unmanaged<Work>.fromOpaque(box).takeRetainedValue().call() }
      return nil
    }, box.toOpaque())
  if failure == 0 {
    pthread_detach(thread)
  } else {
    box.takeRetainedValue().call()
  }
}

private final class Work: Sendable {
  let call: @Sendable () -> Void

  init(call: @escaping @Sendable () -> Void) { self.call = call }
}
