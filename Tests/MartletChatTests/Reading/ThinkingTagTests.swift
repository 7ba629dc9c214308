import MartletChat
import MartletJSON
import Testing

/// Thinking within the text, however it is cut.
@Suite struct ThinkingTagTests {
  private func assemble(_ pieces: [String], reads: Bool = true) throws -> Assembled {
    var options = ReplyAssembler.Options()
    options.readsThinkingTags = reads
    return try MartletChatTests.assemble(
      deltas: pieces.map { #"{"content":"\#($0.replacing("\n", with: "\\n"))"}"# }, finish: "stop", options)
  }

  @Test(
    arguments: [
      ("<think>Hm.</think>Hi", "Hm.", "Hi", "<think>Hm.</think>"),
      (
        "\n<think>\nHm <b> </thin> .\n</think>\n\nHi <think>", "\nHm <b> </thin> .\n", "Hi <think>",
        "\n<think>\nHm <b> </thin> .\n</think>\n\n"
      ),
      ("<think></think>Hi", nil, "Hi", "<think></think>"),
      ("<thinking>Hm</thinking>Hi", nil, "<thinking>Hm</thinking>Hi", nil),
      ("Hi <think>Hm</think>", nil, "Hi <think>Hm</think>", nil),
      ("  Hi", nil, "  Hi", nil), ("<", nil, "<", nil), ("<thin", nil, "<thin", nil),
      ("<think>Hm</thi", "Hm</thi", nil, "<think>Hm</thi"),
    ] as [(String, String?, String?, String?)])
  func d5_aTextIsReadAlikeHoweverItIsCut(whole: String, thinking: String?, text: String?, raw: String?) throws {
    for size in 1...whole.count {
      let characters = Array(whole)
      let pieces = stride(from: 0, to: characters.count, by: size).map {
        String(characters[$0..<min($0 + size, characters.count)])
      }
      let assembled = try assemble(pieces)
      #expect(assembled.reply.reasoning == thinking)
      #expect(assembled.reply.text == text)
      #expect(MartletChatTests.text(of: assembled.deltas) == text ?? "")
      // What goes back is what came.
      if raw != nil { #expect(assembled.reply.message["content"]?.stringValue == whole) }
      #expect(assembled.tolerances.contains("D5") == (raw != nil))
      #expect(try assemble(pieces, reads: false).reply.text == whole)
    }
  }

  @Test func d5_thinkingInAMemberLeavesTheTextAlone() throws {
    let assembled = try MartletChatTests.assemble(
      deltas: [#"{"reasoning":"a"}"#, #"{"content":"<think>b</think>c"}"#], finish: "stop")
    #expect(assembled.reply.reasoning == "a")
    #expect(assembled.reply.text == "<think>b</think>c")
  }
}
