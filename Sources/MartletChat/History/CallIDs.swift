/// The identifiers of calls in the form that a provider accepts, the same in a call and in its result.
///
/// New ones are counted, not made of the old ones, so that no two can fall together; those that fit stay as they are.
struct CallIDs: Sendable {
  private let form: ProviderQuirks.CallIDs
  private var used: Set<String> = []
  private var count = 0
  /// What became of the newest calls' identifiers, in order, because servers use the same ones again in later replies.
  private var spelled: [(id: String, as: String)] = []

  init(form: ProviderQuirks.CallIDs) {
    self.form = form
  }

  /// Whether all stay as they are.
  var areKept: Bool { form != .nineAlphanumeric }

  /// The message with its identifiers in that form.
  mutating func spelling(_ message: ChatMessage) -> ChatMessage {
    if areKept { return message }
    var message = message
    if let calls = message.toolCalls {
      spelled = calls.map { ($0.id, spelling($0.id)) }
      message.toolCalls = zip(calls, spelled).map { call, spelled in
        var call = call
        call.id = spelled.as
        return call
      }
    }
    if let id = message.toolCallID {
      let position = spelled.firstIndex { $0.id == id }
      message.toolCallID = position.map { spelled.remove(at: $0).as } ?? spelling(id)
    }
    return message
  }

  private mutating func spelling(_ id: String) -> String {
    if Self.isNineAlphanumeric(id), used.insert(id).inserted { return id }
    var new: String
    repeat {
      count += 1
      let digits = String(count, radix: 36)
      new = "call" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    } while !used.insert(new).inserted
    return new
  }

  private static func isNineAlphanumeric(_ id: String) -> Bool {
    id.utf8.count == 9
      && id.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      }
  }
}
