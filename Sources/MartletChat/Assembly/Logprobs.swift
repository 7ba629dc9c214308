import MartletJSON

/// How likely each token was: the lists of one chunk go on where those of the chunk before ended.
struct Logprobs: Sendable {
  private var members = JSONObject()
  /// The lists, kept apart so that they grow in place.
  private var lists: [String: [JSONValue]] = [:]

  /// All that came; nil if nothing did.
  var value: JSONValue? {
    if members.isEmpty { return nil }
    return .object(JSONObject(members.map { ($0.key, lists[$0.key].map(JSONValue.array) ?? $0.value) }))
  }

  /// Takes the `logprobs` of a chunk.
  mutating func append(_ more: JSONObject) {
    for member in more {
      if case .array(let elements) = member.value { lists[member.key, default: []] += elements }
      if !member.value.isNull || members[member.key] == nil { members[member.key] = member.value }
    }
  }
}
