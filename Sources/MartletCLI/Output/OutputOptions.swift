/// What of a run is shown, and how.
struct OutputOptions: Sendable {
  enum Format {
    case text, json, events
  }

  var format = Format.text
  /// The file that the answer goes to.
  var file: String?
  var quiet = false
  var verbose = false
  /// Whether text is streamed; nil leaves it to whether standard output is a terminal.
  var streams: Bool?
}
