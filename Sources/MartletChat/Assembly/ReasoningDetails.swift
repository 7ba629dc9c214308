import MartletJSON

/// Puts the pieces of `reasoning_details` together, which their provider wants back whole.
struct ReasoningDetails: Sendable {
  private struct Entry {
    var object: JSONObject
    /// What is to be appended to the object's strings, kept apart so that it grows in place.
    var continuations: [String: String] = [:]
  }

  private var entries: [Entry] = []
  /// How many pieces came.
  private(set) var pieceCount = 0

  /// The members whose pieces are appended to each other; of all others the last one counts.
  private static let appended: Set<String> = ["text", "summary", "data"]

  /// The entries as one list; nil if there are none.
  var value: JSONValue? {
    if entries.isEmpty { return nil }
    return .array(
      entries.map { entry in
        var object = entry.object
        for (key, more) in entry.continuations { object[key] = .string((object[key]?.stringValue ?? "") + more) }
        return .object(object)
      })
  }

  /// Takes the pieces of one delta: a piece continues the last entry if it has its type and index.
  mutating func append(_ pieces: [JSONValue]) {
    pieceCount += pieces.count
    for case .object(let piece) in pieces {
      if let last = entries.indices.last, let index = piece["index"], entries[last].object["index"] == index,
        entries[last].object["type"] == piece["type"]
      {
        merge(piece, into: last)
      } else {
        entries.append(Entry(object: piece))
      }
    }
  }

  private mutating func merge(_ piece: JSONObject, into position: Int) {
    for member in piece where !member.value.isNull {
      if Self.appended.contains(member.key), case .string(let more) = member.value,
        case .string? = entries[position].object[member.key]
      {
        entries[position].continuations[member.key, default: ""] += more
      } else {
        entries[position].object[member.key] = member.value
      }
    }
  }
}
