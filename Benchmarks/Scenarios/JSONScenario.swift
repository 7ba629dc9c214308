import FoundationEssentials
import Martlet

/// A conversation of 100 KB parsed and written, beside FoundationEssentials with types made for it.
enum JSONScenario {
  private struct Conversation: Codable {
    struct Message: Codable {
      struct Call: Codable {
        struct Function: Codable {
          var name: String
          var arguments: String
        }
        var id: String
        var type: String
        var function: Function
      }
      var role: String
      var content: String?
      var toolCalls: [Call]?
      var toolCallID: String?

      enum CodingKeys: String, CodingKey {
        case role, content
        case toolCalls = "tool_calls"
        case toolCallID = "tool_call_id"
      }
    }
    var model: String
    var temperature: Double
    var messages: [Message]
  }

  static func run(rounds: Int) async throws {
    let bytes = conversation().canonicalBytes()
    let data = Data(bytes)
    let value = try JSONValue(parsing: bytes)
    let decoded = try JSONDecoder().decode(Conversation.self, from: data)
    guard value.canonicalBytes() == bytes, decoded.messages.count == value["messages"]?.arrayValue?.count else {
      throw UnexpectedEnd(what: "the text is not what was written")
    }
    let encodedCount = try JSONEncoder().encode(decoded).count
    let parsing = try await Measurement.median(of: rounds) { _ = try JSONValue(parsing: bytes) }
    let writing = await Measurement.median(of: rounds) { _ = value.canonicalBytes() }
    let decoding = try await Measurement.median(of: rounds) {
      _ = try JSONDecoder().decode(Conversation.self, from: data)
    }
    let encoding = try await Measurement.median(of: rounds) { _ = try JSONEncoder().encode(decoded) }
    print(
      Double(bytes.count) / parsing, Double(bytes.count) / writing, Double(bytes.count) / decoding,
      Double(encodedCount) / encoding)
  }

  /// Questions, calls, results and answers with escapes and a few letters beyond ASCII.
  private static func conversation() -> JSONValue {
    var messages: [JSONValue] = [["role": "system", "content": "You are a careful assistant.\nUse the tools."]]
    let result: JSONValue = ["rows": [["city": "Zürich", "temperature": 21.5], ["city": "Oslo", "temperature": 9]]]
    for turn in 0..<120 {
      let id = JSONValue.string("call_\(turn)")
      let arguments: JSONValue = ["city": "Zürich", "days": .number(JSONNumber(turn)), "unit": "celsius"]
      messages += [
        ["role": "user", "content": .string("Question \(turn): what's the weather like, and what should I wear?")],
        [
          "role": "assistant", "content": nil,
          "tool_calls": [
            [
              "id": id, "type": "function",
              "function": ["name": "get_weather", "arguments": .string(arguments.canonicalString())],
            ]
          ],
        ],
        ["role": "tool", "tool_call_id": id, "content": .string(result.canonicalString())],
        [
          "role": "assistant",
          "content": .string(
            "It is 21.5 °C in Zürich and 9 °C in Oslo.\n\n"
              + String(repeating: "Take a light jacket; the evening is going to be cooler than the day was. ", count: 4)
          ),
        ],
      ]
    }
    return ["model": "bench", "temperature": 0.7, "messages": .array(messages)]
  }
}
