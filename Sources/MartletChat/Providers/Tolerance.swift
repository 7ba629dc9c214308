/// What servers do otherwise than the standard has it in their replies, in words.
package enum Tolerance {
  /// What a tolerance met and what was done about it; nil for a name that is not known.
  ///
  /// - Parameters:
  ///   - name: The tolerance.
  ///   - finishReason: The word of the server's own, where that is what was met.
  package static func words(for name: String, finishReason: String? = nil) -> String? {
    guard name == "B5", let finishReason else { return table[name] }
    return "the finish reason is `\(Excerpt.of(finishReason, bytes: 64))`, a word of the server's own, and is mapped"
  }

  private static let table: [String: String] = [
    "A1": "tool calls come without an index, and are told apart by their identifiers and names",
    "A2": "several tool calls share one index, and are told apart by their identifiers and names",
    "A3": "the indices of tool calls do not begin at 0 or have gaps, and count as names only",
    "A4": "the identifier of a tool call is repeated in each piece, and counts once",
    "A5": "the name of a tool call is repeated in each piece, and counts once",
    "A6": "tool calls come without an identifier, and are given one",
    "A7": "two tool calls have one identifier, and the second is given another",
    "A9": "the arguments of a tool call come before its name, and are kept for it",
    "A10": "the arguments of a tool call are null, and count as none",
    "A11": "the arguments of a tool call are empty, and count as an empty object",
    "A12": "the arguments of a tool call are an object and no string, and are taken as they are",
    "A13": "the arguments of a tool call come twice, and count once",
    "A14": "the arguments of tool calls get lost in streams, and the reply was asked for whole",
    "A15": "the arguments of a tool call are encoded twice, and are decoded twice",
    "A16": "the arguments of a tool call hold bare control characters, which are escaped",
    "A17": "the arguments of a tool call are no JSON object, and the model is told",
    "A19": "the name of a tool call holds tokens of the model's own format, which are dropped",
    "A20": "tool calls are written into the text, and are read there",
    "A21": "several tool calls are wrapped in one, and are unpacked",
    "A22": "the tool call has its old form, `function_call`, and counts as one call",
    "B1": "a reply with tool calls ends with `stop`, and counts as one with tool calls",
    "B2": "a reply without tool calls ends with `tool_calls`, and counts as an ordinary end",
    "B3": "the finish reason is an empty string, and counts as none",
    "B4": "no finish reason comes, and the end of the stream counts",
    "B5": "the finish reason is a word of the server's own, and is mapped",
    "B6": "a reply with tool calls was cut at its bound, and none of them runs",
    "B7": "the reply has no choice",
    "B9": "parts of the reply lack what they should have, and are passed over",
    "B12": "the usage is a running total, and the last one counts",
    "B13": "the usage stands in a member of the server's own, and is read there",
    "B14": "no usage is reported, and tokens are estimated",
    "B16": "the choice has another index than 0, and is taken all the same",
    "B17": "the reply is empty",
    "C6": "the stream ends without a mark, and counts as whole",
    "C13": "the server refused the model's tool call, which was read all the same",
    "D1": "the content is a list of parts, whose texts are joined",
    "D5": "thinking stands in the text between `<think>` and `</think>`, and is told apart",
    "F08": "something went wrong after the end of the reply, which is whole",
    "F20": "the reply holds bytes that are not UTF-8, which are replaced",
    "F22": "the reply holds halves of characters, which are joined or replaced",
  ]
}
