import Glibc

#if TIMING
  /// The part of the work on one input that took longest.
  enum Stopwatch {
    nonisolated(unsafe) static var longest = (work: "", milliseconds: 0)
    nonisolated(unsafe) private static var begin = 0

    static func start() { begin = clock() }

    static func stop(_ work: String) {
      let milliseconds = (clock() - begin) / (Int(CLOCKS_PER_SEC) / 1000)
      if milliseconds > longest.milliseconds { longest = (work, milliseconds) }
    }

    /// The longest part of what a body does.
    static func longest(in body: () -> Void) -> (work: String, milliseconds: Int) {
      longest = ("", 0)
      body()
      return longest
    }
  }
#endif
