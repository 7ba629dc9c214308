import MartletJSON

/// One element of a delta's `tool_calls`, as it stands there.
struct CallPiece {
  enum Arguments {
    case absent
    case text(String)
    /// An object where the wire wants a string.
    case object(JSONValue)
  }

  var index: Int?
  var id = ""
  var name = ""
  var arguments = Arguments.absent
  @Rare var foreign: ForeignMembers
  /// Whether strings may hold markers of ``LenientJSON``.
  var isMarked = false
  /// Whether the arguments came as `null`.
  var hasNullArguments = false

  /// Reads an element; nil if it is no object.
  init?(_ element: JSONValue, isMarked: Bool) {
    guard let object = element.objectValue else { return nil }
    self.isMarked = isMarked
    for member in object {
      switch member.key {
      case "index": index = member.value.intValue ?? member.value.stringValue.flatMap { Int($0) }
      case "id": id = clean(member.value.stringValue)
      case "type": break
      case "function": readFunction(member.value)
      case _ where member.value.isNull: break
      default: foreign.call[member.key] = member.value
      }
    }
  }

  /// Reads the old form, `function_call`, in which there is one call and it has no identifier.
  init?(functionCall value: JSONValue, isMarked: Bool) {
    guard value.objectValue != nil else { return nil }
    self.isMarked = isMarked
    index = 0
    readFunction(value)
  }

  private mutating func readFunction(_ value: JSONValue) {
    for member in value.objectValue ?? JSONObject() {
      switch (member.key, member.value) {
      case ("name", let value): name = clean(value.stringValue)
      case ("arguments", .string(let text)): arguments = .text(text)
      case ("arguments", .null): hasNullArguments = true
      case ("arguments", let value): arguments = .object(value)
      case (_, .null): break
      default: foreign.function[member.key] = member.value
      }
    }
  }

  private func clean(_ text: String?) -> String {
    TextJoiner.whole(text ?? "", isMarked: isMarked)
  }
}
