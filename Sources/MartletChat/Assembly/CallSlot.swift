import MartletJSON

/// A call that is being put together.
struct CallSlot: Sendable {
  var id = ""
  var name = ""
  private(set) var arguments = ""
  /// Where the JSON value that the arguments begin with ends.
  private(set) var extent = JSONExtent()
  var extra = JSONObject()
  var functionExtra = JSONObject()
  /// The number of the delta that touched it last.
  var touchedBy = 0
  /// Whether more arguments came than a call may have.
  private(set) var isTooLong = false
  private var joiner = TextJoiner()

  /// The bound of a call's arguments in bytes.
  static let maximumArgumentBytes = 1 << 20

  /// Whether characters were lost for good.
  var hasReplacedText: Bool { joiner.hasReplaced }

  /// Whether it says nothing that could be called.
  var isPhantom: Bool { name.isEmpty && id.isEmpty && extent.isBlank }

  /// Appends a piece of the arguments and returns what became sure of it.
  mutating func append(_ text: String, isMarked: Bool) -> String {
    let text = joiner.push(text, isMarked: isMarked)
    guard !isTooLong, arguments.utf8.count + text.utf8.count <= Self.maximumArgumentBytes else {
      isTooLong = true
      return ""
    }
    arguments += text
    extent.append(text)
    return text
  }

  /// Takes arguments that are complete by themselves instead of those there are.
  mutating func replaceArguments(_ text: String) {
    arguments = ""
    extent = JSONExtent()
    _ = append(text, isMarked: false)
  }

  mutating func flush() {
    let rest = joiner.flush()
    if !rest.isEmpty { arguments += rest }
  }
}
