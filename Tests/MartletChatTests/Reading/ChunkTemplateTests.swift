import MartletJSON
import Testing

@testable import MartletChat

/// The short way that most chunks take must give what the parser gives.
@Suite struct ChunkTemplateTests {
  /// The reply to chunks, each read by an assembler that has seen nothing before and so has no shape to go by.
  private func readSlowly(_ chunks: [String]) throws -> String {
    try chunks.map { try assemble([$0, "[DONE]"]).deltas }.map(text).joined()
  }

  @Test func chunksOfOneShapeGiveWhatTheParserGives() throws {
    let pieces = [
      "Hello", " world", #"\n\"quoted\" \\ \u00e9 \ud83d\ude00"#, "é😀", "", "0", #"}]}"#,
      #"content":"x"#
        .replacingQuotes, " ",
    ]
    let chunks = pieces.map { chunk(#"{"content":""# + $0 + #""}"#) }
    let quick = try assemble(chunks + ["[DONE]"])
    #expect(text(of: quick.deltas) == (try readSlowly(chunks)))
    #expect(quick.reply.text == text(of: quick.deltas))
  }

  @Test func aTextThatStandsInTheChunkTwiceIsReadFromItsPlace() throws {
    func piece(_ text: String, _ other: String) -> String {
      #"{"choices":[{"delta":{"content": ""# + text + #""},"note":{"content":""# + other + #""}}]}"#
    }
    let chunks = [piece("same", "same"), piece("a", "same"), piece("b", "b"), piece("c", "x")]
    #expect(text(of: try assemble(chunks + ["[DONE]"]).deltas) == "sameabc")
  }

  @Test(arguments: [
    #"x"},"finish_reason":"length"#, #"x","role":"assistant"#, "x\u{1}", #"x\"#, #"x\q"#, #"\ud800"#,
  ])
  func whatIsNotTheInsideOfAStringIsParsed(inside: String) throws {
    let chunks = [chunk(#"{"content":"ab"}"#), chunk(#"{"content":"cd"}"#)]
    let odd = chunk(#"{"content":""# + inside + #""}"#)
    var warm = ReplyAssembler()
    for chunk in chunks { try warm.push(Array(chunk.utf8)) }
    _ = warm.takeDeltas()
    var cold = ReplyAssembler()
    let expected = Result { () throws(APIError) in try cold.push(Array(odd.utf8)) }
    let found = Result { () throws(APIError) in try warm.push(Array(odd.utf8)) }
    #expect((try? found.get()) == nil ? (try? expected.get()) == nil : (try? expected.get()) != nil)
    #expect(warm.takeDeltas() == cold.takeDeltas())
    #expect(warm.isMarkedComplete == cold.isMarkedComplete)
  }

  @Test func theShapeIsUsedOnceItIsKnown() throws {
    var template = ChunkTemplate()
    let first = Array(chunk(#"{"content":"ab"}"#).utf8)
    template.learn(from: first, .text("ab"), try JSONValue(parsing: first))
    #expect(template.content(of: Array(chunk(#"{"content":"c\nd"}"#).utf8)[...]) == "c\nd")
    #expect(template.content(of: Array(chunk(#"{"reasoning":"cd"}"#).utf8)[...]) == nil)
    #expect(template.content(of: Array(end("stop").utf8)[...]) == nil)
  }

  @Test func shapesThatNeverFitAreLearnedOnlyAFewTimes() throws {
    var template = ChunkTemplate()
    for number in 0..<20 {
      let data = Array(#"{"n":\#(number),"choices":[{"delta":{"content":"ab"}}]}"#.utf8)
      #expect(template.content(of: data[...]) == nil)
      template.learn(from: data, .text("ab"), try JSONValue(parsing: data))
    }
    let again = Array(#"{"n":19,"choices":[{"delta":{"content":"ab"}}]}"#.utf8)
    #expect(template.content(of: again[...]) == nil)
  }
}

extension String {
  /// The text with its quotation marks escaped, as it stands inside a JSON string.
  fileprivate var replacingQuotes: String { map { $0 == "\"" ? "\\\"" : String($0) }.joined() }
}
