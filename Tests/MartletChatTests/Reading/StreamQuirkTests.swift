import MartletJSON
import Testing

@testable import MartletChat

/// What servers do differently with streams and usage, seen through the decoder as bytes.
@Suite struct StreamQuirkTests {
  private let hello = chunk(#"{"content":"Hello"}"#)
  private let usage = #""usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}"#

  private func read(_ text: String) throws -> Assembled {
    try decode([Array(text.utf8)], contentType: "text/event-stream")
  }

  @Test func b10_usageOnTheLastChunkWithContentCounts() throws {
    let last =
      #"{"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}],"# + usage + "}"
    let assembled = try assemble([hello, last, "[DONE]"])
    #expect(assembled.reply.text == "Hello there")
    #expect(assembled.reply.usage.totalTokens == 9)
    #expect(!assembled.reply.usage.isEstimated)
  }

  @Test func b11_usageOnTheSecondToLastChunkCounts() throws {
    let second = #"{"choices":[{"index":0,"delta":{"content":""}}],"# + usage + "}"
    let assembled = try assemble([hello, second, end("stop"), "[DONE]"])
    #expect(assembled.reply.text == "Hello")
    #expect(assembled.reply.usage.promptTokens == 7)
  }

  @Test(arguments: [": OPENROUTER PROCESSING", ":", ": keep-alive", ": ping - 2025-01-02 12:00:00.000000"])
  func c1_c2_commentsAreIgnored(comment: String) throws {
    let assembled = try read(
      "\(comment)\n\ndata: \(hello)\n\n\(comment)\n\(comment)\n\ndata: \(end("stop"))\n\n\(comment)\n\ndata: [DONE]\n\n"
    )
    #expect(assembled.reply.text == "Hello")
    #expect(assembled.reply.finishReason == .stop)
  }

  @Test func c1_commentsAreNoProgress() throws {
    var decoder = ReplyDecoder(contentType: "text/event-stream", options: .init())
    var isUseful = false
    _ = try decoder.push(Array(": OPENROUTER PROCESSING\n\n".utf8), isUseful: &isUseful)
    _ = try decoder.push(Array(": keep-alive\n\ndata:\n\n".utf8), isUseful: &isUseful)
    #expect(!isUseful)
    _ = try decoder.push(Array("data: \(hello)\n\n".utf8), isUseful: &isUseful)
    #expect(isUseful)
  }

  @Test func f11_onlyWhatBringsTheReplyFurtherIsProgress() throws {
    var decoder = ReplyDecoder(contentType: "text/event-stream", options: .init())
    func isUseful(_ data: String) throws -> Bool {
      var isUseful = false
      _ = try decoder.push(Array("data: \(data)\n\n".utf8), isUseful: &isUseful)
      return isUseful
    }
    let usage = #"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#
    #expect(try !isUseful(chunk(#"{"role":"assistant","content":""}"#)))
    #expect(try !isUseful(#"{"choices":[]}"#))
    #expect(try isUseful(hello))
    #expect(try isUseful(chunk(call(#""index":0,"id":"a","function":{"name":"f","arguments":""}"#))))
    #expect(try isUseful(chunk(#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"x"}]}"#)))
    #expect(decoder.completeness == .open)
    #expect(try isUseful(end("tool_calls")))
    #expect(decoder.completeness == .finished)
    #expect(try isUseful(usage))
    #expect(try !isUseful(usage))
    #expect(try isUseful("[DONE]"))
    #expect(decoder.completeness == .done)
  }

  @Test func f11_aJSONTextIsProgressByTheKibibyteNotByTheByte() throws {
    var decoder = ReplyDecoder(contentType: "application/json", options: .init())
    var useful = 0
    for byte in Array(("{" + String(repeating: " ", count: 9_000)).utf8) {
      var isUseful = false
      _ = try decoder.push([byte], isUseful: &isUseful)
      useful += isUseful ? 1 : 0
    }
    #expect(useful == 3)
  }

  @Test(arguments: ["data:", "data: "], ["\n", "\r\n", "\r"])
  func c4_everySpellingOfALineIsReadAtEverySplit(field: String, lineEnd: String) throws {
    let greeting = chunk(#"{"content":"Grüße 日本 😀"}"#)
    let bytes = Array([greeting, end("stop"), "[DONE]"].map { field + $0 + lineEnd + lineEnd }.joined().utf8)
    for split in stride(from: 0, through: bytes.count, by: 7) {
      let assembled = try decode([Array(bytes[..<split]), Array(bytes[split...])], contentType: "text/event-stream")
      #expect(assembled.reply.text == "Grüße 日本 😀")
    }
    #expect(try decode(bytes.map { [$0] }, contentType: "text/event-stream").reply.text == "Grüße 日本 😀")
  }

  @Test func c5_dataOverSeveralLinesIsOneEvent() throws {
    let assembled = try read(
      """
      data: {"choices":[{"index":0,
      data:  "delta":{"content":"Hello"},
      data: "finish_reason":"stop"}]}

      data: [DONE]


      """)
    #expect(assembled.reply.text == "Hello")
  }
}
