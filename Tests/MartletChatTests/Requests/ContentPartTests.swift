import Glibc
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// Images, sounds and files in messages.
@Suite struct ContentPartTests {
  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private func text(_ message: ChatMessage) -> String { message.wire().canonicalString() }

  private func file(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/picture.txt"
    let file = try #require(fopen(path, "w"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    #expect(fclose(file) == 0)
    return path
  }

  @Test func aMessageOfTextIsSentAsAString() {
    #expect(text(.user("U")) == #"{"role":"user","content":"U"}"#)
  }

  @Test func textAndImageAreSentAsTheStandardHasThem() async throws {
    let server = try LoopbackServer(replies: [.answer])
    _ = try await client(server).chat.completions.create(
      model: "llava-1.6",
      messages: [
        .user(["What's in this image?", .image(url: "https://example.com/image.jpg")]),
        .user([.text("And here?"), .image(url: "data:image/gif;base64,R0lGODlh", detail: .low)]),
      ])
    #expect(
      server.requests[0].text.hasSuffix(
        #""messages":[{"role":"user","content":[{"type":"text","text":"What's in this image?"},"#
          + #"{"type":"image_url","image_url":{"url":"https://example.com/image.jpg"}}]},"#
          + #"{"role":"user","content":[{"type":"text","text":"And here?"},"#
          + #"{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh","detail":"low"}}]}]}"#))
  }

  @Test(arguments: [
    (png, "image/png"), ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"), (Array("GIF89a".utf8), "image/gif"),
    (Array("GIF87a".utf8), "image/gif"), (Array("RIFF....WEBPVP8 ".utf8), "image/webp"),
  ])
  func theFirstBytesOfAFileSayWhatItIs(bytes: [UInt8], type: String) throws {
    let folder = try TemporaryFolder()
    let part = try ContentPart.image(file: try file(bytes, in: folder), detail: .high)
    #expect(part == .image(url: "data:\(type);base64," + Base64.encoded(bytes), detail: .high))
    #expect(part == (try ContentPart.image(bytes, detail: .high)))
  }

  @Test(arguments: ["", "GIF88a", "RIFF....WAVE", "<svg/>", "\u{89}PNG"])
  func whatIsNoImageIsRefused(beginning: String) throws {
    let folder = try TemporaryFolder()
    let path = try file(Array(beginning.utf8), in: folder)
    let error = #expect(throws: APIError.self) { try ContentPart.image(file: path) }
    #expect(error?.code == .invalidParameter)
    #expect(error?.param == "messages")
    #expect(error?.message == "\(path) is no PNG, JPEG, GIF or WebP image: convert it first")
  }

  @Test func whatCannotBeReadIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    for (name, reason) in [
      ("absent", " cannot be read: No such file or directory"),
      ("pipe", " is no regular file; save what comes from it in one, and name that"),
      ("", " is a folder; name a file in it"),
    ] {
      let path = folder.path + "/" + name
      let error = #expect(throws: APIError.self) { try ContentPart.image(file: path) }
      #expect(error?.message == path + reason)
    }
  }

  @Test func twentyMegabytesAreTheLimit() throws {
    let folder = try TemporaryFolder()
    var bytes = [UInt8](repeating: 0, count: ContentPart.maximumBytes)
    bytes.replaceSubrange(0..<8, with: Self.png)
    let path = try file(bytes, in: folder)
    #expect(try ContentPart.image(file: path).json["image_url"]?["url"]?.stringValue?.utf8.count == 26_666_690)
    bytes.append(0)
    #expect(try file(bytes, in: folder) == path)
    let error = #expect(throws: APIError.self) { try ContentPart.image(file: path) }
    #expect(error?.message == "\(path) holds more than 20000000 bytes: make it smaller")
    let tooLarge = bytes
    #expect(throws: APIError.self) { try ContentPart.image(tooLarge) }
    #expect(throws: APIError.self) { try ContentPart.audio(tooLarge, format: .wav) }
    #expect(throws: APIError.self) { try ContentPart.file(tooLarge, name: "x") }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64IsThatOfItsSpecification(plain: String, encoded: String) {
    #expect(Base64.encoded(Array(plain.utf8)) == encoded)
  }

  @Test func base64KnowsEveryByte() {
    #expect(Base64.encoded([0xFB, 0xFF, 0xBF, 0x00], after: "x,") == "x,+/+/AA==")
  }

  @Test(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of schemas"))
  func everyPartSatisfiesTheSchema() throws {
    let parts: [ContentPart] = [
      "text", .image(url: "https://example.com/i.jpg"), try .image(Self.png, detail: .auto),
      try .audio([1, 2, 3], format: .mp3), try .file([4, 5], name: "a.pdf"), .file(id: "file-1"),
    ]
    let request = ChatRequest(model: "m", messages: [.developer("D"), .user(parts)])
    var encoder = HistoryEncoder()
    let body = RequestHead(request).body(encoder.encode(request.messages))
    let violations = try Recording.requestSchema().violations(in: try JSONValue(parsing: Array(body.joined())))
    #expect(violations.isEmpty, "\(violations)")
  }
}
