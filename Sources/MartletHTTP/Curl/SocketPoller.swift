internal import CCurl
import Glibc

/// The sockets that libcurl waits for, in one place, and a way to be woken while waiting for them.
///
/// One thread waits and reads ``events``; sockets are watched by whoever is at work; anybody may wake the thread.
final class SocketPoller {
  /// A socket of one of the multi handles on which something became possible.
  struct Event {
    let multi: Int
    let socket: Int32
    /// As `curl_multi_socket_action` takes it.
    let possible: Int32
  }

  private var epoll: Int32
  private var bell: Int32
  private var ready = [ccurl_ready](repeating: ccurl_ready(), count: 64)
  /// What the last wait ended with.
  private(set) var events: [Event] = []
  /// How many sockets that were waited for have been let go of.
  private(set) var removals = 0
  /// Sockets that are not waited for yet, and what for.
  private var heldBack: [HeldBack] = []
  private var holdsBack = false

  private struct HeldBack {
    let socket: Int32
    let multi: Int
    var wanted: Int32
  }

  /// No socket of libcurl has this number.
  private static let bellToken = UInt64.max

  /// Nil when the system has no descriptor left.
  init?() {
    epoll = ccurl_epoll()
    bell = ccurl_eventfd()
    guard epoll >= 0, bell >= 0, ccurl_watch_writes(epoll, bell, Self.bellToken) == 0 else { return nil }
  }

  deinit { close() }

  /// Gives back the descriptors; nobody waits or wakes any more.
  func close() {
    for descriptor in [epoll, bell] where descriptor >= 0 { _ = Glibc.close(descriptor) }
    (epoll, bell) = (-1, -1)
  }

  /// Names the calling thread for debuggers and `top`.
  static func nameThread() {
    ccurl_name_thread("martlet-http")
  }

  /// Ends the wait that goes on, or the next one; from any thread.
  func wake() {
    var one: UInt64 = 1
    _ = write(bell, &one, 8)
  }

  /// Waits for what libcurl asked for in its socket callback; false if the system refuses that.
  func watch(_ socket: Int32, for wanted: Int32, isKnown: Bool, of multi: Int) -> Bool {
    if let place = heldBack.firstIndex(where: { $0.socket == socket }) {
      if wanted == CURL_POLL_REMOVE { heldBack.remove(at: place) } else { heldBack[place].wanted = wanted }
      return true
    }
    if holdsBack, !isKnown, wanted != CURL_POLL_REMOVE {
      heldBack.append(HeldBack(socket: socket, multi: multi, wanted: wanted))
      return true
    }
    if wanted == CURL_POLL_REMOVE { removals &+= 1 }
    return register(socket, for: wanted, isKnown: isKnown, of: multi)
  }

  private func register(_ socket: Int32, for wanted: Int32, isKnown: Bool, of multi: Int) -> Bool {
    let token = UInt64(UInt32(truncatingIfNeeded: multi)) << 32 | UInt64(UInt32(bitPattern: socket))
    return ccurl_watch(epoll, socket, wanted, isKnown ? 1 : 0, token) == 0 || wanted == CURL_POLL_REMOVE
  }

  /// From now on new sockets are not waited for until ``watchHeldBack()``.
  ///
  /// A server on the same machine often answers before the wait for its socket could begin, which would wake the thread
  /// for nothing but the lock.
  func holdBack() {
    holdsBack = true
  }

  /// A socket that was held back on which something is possible already.
  func nextReady() -> Event? {
    for held in heldBack {
      let possible = ccurl_possible(held.socket, held.wanted)
      if possible != 0 { return Event(multi: held.multi, socket: held.socket, possible: possible) }
    }
    return nil
  }

  /// Waits for what was held back, too; false if the system refuses that.
  func watchHeldBack() -> Bool {
    holdsBack = false
    var isWatched = true
    for held in heldBack where !register(held.socket, for: held.wanted, isKnown: false, of: held.multi) {
      isWatched = false
    }
    heldBack.removeAll(keepingCapacity: true)
    return isWatched
  }

  func forgetEvents() {
    events.removeAll(keepingCapacity: true)
  }

  /// Waits at most so long for something to become possible.
  func wait(milliseconds: Int32) {
    let count = ccurl_wait(epoll, &ready, Int32(ready.count), milliseconds)
    events.removeAll(keepingCapacity: true)
    for entry in ready.prefix(max(0, Int(count))) where entry.token != Self.bellToken {
      events.append(
        Event(
          multi: Int(entry.token >> 32), socket: Int32(truncatingIfNeeded: entry.token), possible: entry.possible))
    }
  }
}
