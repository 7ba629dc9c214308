import MartletJSON

/// A call that is being put together.
struct CallSlot: Sendable {
  var id = ""
  var name = ""
  private(set) var arguments = ""
  @Rare var foreign: ForeignMembers
  /// The number of the delta that touched it last.
  var touchedBy = 0
  /// Whether more arguments came than a call may have.
  private(set) var isTooLong = false
  private var joiner = TextJoiner()
  /// What has been seen of the arguments' extent, up to some byte of them: few calls come in a form in which it matters.
  private var extent = JSONExtent()
  private var followed = 0

  /// The bound of a call's arguments in bytes.
  static let maximumArgumentBytes = 1 << 20

  /// Whether characters were lost for good.
  var hasReplacedText: Bool { joiner.hasReplaced }

  /// Whether it says nothing that could be called.
  var isPhantom: Bool { name.isEmpty && id.isEmpty && isBlank }

  /// Whether the arguments are nothing but white space so far.
  var isBlank: Bool { extent.isBlank && JSONExtent.isBlank(arguments.utf8.dropFirst(followed)) }

  /// Whether the JSON value that the arguments begin with has come to its end.
  var isWhole: Bool {
    mutating get {
      if extent.end == nil { extent.append(arguments.utf8.dropFirst(followed)) }
      followed = arguments.utf8.count
      return extent.end != nil
    }
  }

  /// Appends a piece of the arguments and returns what became sure of it.
  mutating func append(_ text: String, isMarked: Bool) -> String {
    let text = joiner.push(text, isMarked: isMarked)
    guard !isTooLong, arguments.utf8.count + text.utf8.count <= Self.maximumArgumentBytes else {
      isTooLong = true
      return ""
    }
    if arguments.isEmpty { arguments = text } else { arguments += text }
    return text
  }

  /// Takes arguments that are complete by themselves instead of those there are.
  mutating func replaceArguments(_ text: String) {
    arguments = ""
    (extent, followed) = (JSONExtent(), 0)
    _ = append(text, isMarked: false)
  }

  mutating func flush() {
    let rest = joiner.flush()
    if !rest.isEmpty { arguments += rest }
  }
}
