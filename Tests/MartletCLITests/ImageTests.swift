import FoundationEssentials
import Glibc
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// `martlet run --image`.
@Suite struct ImageTests {
  private let agent = """
    name: seer
    model: local/m
    providers: {local: {base_url: "http://127.0.0.1:9/v1"}}
    """

  /// A folder with an agent, a PNG of the given size, and a file of text.
  private func folder(bytes: Int = 300) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("agent.yaml", agent)
    try folder.write("notes.txt", "no image")
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let picture = Data(signature + [UInt8](repeating: 0, count: bytes - signature.count))
    try picture.write(to: URL(filePath: folder.path + "/photo.png"))
    return folder
  }

  @Test func imagesOfFilesAndURLsGoToTheModelInTheirOrder() async throws {
    let folder = try folder()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer { _ in .chatStream("A cat.") }
    let run = try await Program.run(
      "run", "agent.yaml", "What", "is", "this?", "--image", "https://example.com/cat.jpg", "--image", "photo.png",
      "--base-url", server.baseURL + "/v1", in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == "A cat.\n")
    let content = try JSONValue(parsing: server.requests[0].body)["messages"]?[0]?["content"]
    #expect(content?[0] == ["type": "text", "text": "What is this?"])
    #expect(content?[1]?["image_url"]?["url"] == "https://example.com/cat.jpg")
    let url = try #require(content?[2]?["image_url"]?["url"]?.stringValue)
    #expect(url.hasPrefix("data:image/png;base64,iVBORw0KGgoAAAA"))
    #expect(url.utf8.count == "data:image/png;base64,".utf8.count + 400)
  }

  @Test func explainShowsTheImageAsItIsSentAndATerminalGetsItShort() async throws {
    let folder = try folder()
    defer { withExtendedLifetime(folder) {} }
    let piped = try await Program.run("run", "agent.yaml", "x", "--image", "photo.png", "--explain", in: folder.path)
    let body = try #require(piped.output.split(separator: "\n").last)
    let url = try JSONValue(parsing: String(body))["messages"]?[0]?["content"]?[1]?["image_url"]?["url"]?.stringValue
    #expect(url?.utf8.count == 422)
    let screen = try await Program.shell(
      "script -qec \"$MARTLET run agent.yaml x --image photo.png --explain\" /dev/null < /dev/null", in: folder.path)
    #expect(screen.output.contains("data:image/png;base64,iVBORw0KGgoAAAAAAAAA"))
    #expect(screen.output.contains("… (400 characters)\""))
  }

  @Test(arguments: [
    ("absent.png", "absent.png cannot be read: No such file or directory"),
    ("file", "file cannot be read: No such file or directory"),
    ("../absent.png", "../absent.png cannot be read: No such file or directory"),
    (
      "example.com/cat.jpg",
      "example.com/cat.jpg cannot be read: No such file or directory; a URL begins with https://"
    ),
    ("/dev/zero", "/dev/zero is no regular file; save what comes from it in one, and name that"),
    ("file:///tmp/cat.png", "file:///tmp/cat.png: a file is named by its path, without file:"),
    (
      "ftp://example.com/x",
      "ftp://example.com/x: a URL of an image begins with https://; download it and name the file"
    ),
    ("https://", "the URL of an image names no host; it begins like https://example.com/"),
    ("data:image/png", "the data URL of an image holds no data; it goes on with ;base64, and the data"),
    ("notes.txt", "notes.txt is no PNG, JPEG, GIF or WebP image: convert it first"),
    (".", ". is a folder; name a file in it"), ("data:text/plain,x", "a data URL of an image begins with data:image/"),
  ])
  func whatIsNoImageIsBadInput(word: String, reason: String) async throws {
    let folder = try folder()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run("run", "agent.yaml", "x", "--image", word, in: folder.path)
    #expect(run.status == 3)
    #expect(run.errors == "martlet: error: --image: \(reason)\n")
    let json = try await Program.run("run", "agent.yaml", "x", "--json", "--image", word, in: folder.path)
    #expect(try JSONValue(parsing: json.output)["error"]?["code"] == "invalid")
    #expect(try JSONValue(parsing: json.output)["outcome"] == "invalid")
  }

  @Test func twentyMegabytesAreTheLimitOfOneAndFiftyOfAll() async throws {
    let folder = try folder(bytes: 20_000_001)
    defer { withExtendedLifetime(folder) {} }
    let one = try await Program.run("run", "agent.yaml", "x", "--image", "photo.png", in: folder.path)
    #expect(one.status == 3)
    #expect(one.errors.contains("photo.png holds more than 20000000 bytes: make it smaller"))
    #expect(truncate(folder.path + "/photo.png", 20_000_000) == 0)
    let several = Array(repeating: "--image photo.png", count: 3).joined(separator: " ")
    let all = try await Program.shell("martlet run agent.yaml x \(several)", in: folder.path)
    #expect(all.status == 3)
    #expect(all.errors.contains("the images hold more than 50000000 bytes together: send fewer or smaller ones"))
  }

  @Test func theEmbeddedModelLooksAtTheTextOnly() async throws {
    let folder = try folder()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run("run", "agents/weather.yaml", "hello", "--image", folder.path + "/photo.png")
    #expect(run.status == 0)
    #expect(run.output == "I can look up the weather: ask me for the weather in a city.\n")
  }
}
