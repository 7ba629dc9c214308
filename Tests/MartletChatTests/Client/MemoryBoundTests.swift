import Glibc
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// G7: a server that sends without end takes a bounded amount of memory; each in a process of its own.
@Suite(.disabled(if: isAddressSanitized, "AddressSanitizer keeps what is freed"))
struct MemoryBoundTests {
  private static let letters = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)

  @Test func f18ALineOfAStreamWithoutEndIsGivenUp() async {
    await #expect(processExitsWith: .success) { try await MemoryBoundTests.ask("data: ", "text/event-stream") }
  }

  @Test func f18ABodyWithoutEndIsGivenUp() async {
    await #expect(processExitsWith: .success) { try await MemoryBoundTests.ask("{\"a\":\"", "application/json") }
  }

  @Test func f18AStreamOfCommentsWithoutEndIsGivenUp() async {
    await #expect(processExitsWith: .success) { try await MemoryBoundTests.ask(": ", "text/event-stream") }
  }

  @Test(arguments: ["content", "reasoning_content"])
  func f18ATextWithoutEndIsGivenUp(member: String) async {
    await #expect(processExitsWith: .success) { [member] in
      let piece = chunk(#"{"\#(member)":"\#(String(repeating: "x", count: 4096))"}"#)
      try await MemoryBoundTests.ask("", "text/event-stream", endless: Array("data: \(piece)\n\n".utf8))
    }
  }

  @Test func f18ArgumentsWithoutEndAreGivenUp() async {
    await #expect(processExitsWith: .success) {
      let delta = call(
        #""index":0,"id":"a","function":{"name":"f","arguments":"\#(String(repeating: "x", count: 4096))"}"#)
      try await MemoryBoundTests.ask("", "text/event-stream", endless: Array("data: \(chunk(delta))\n\n".utf8))
    }
  }

  /// Ends the process unless the reply is refused and takes less than 64 MiB.
  private static func ask(_ beginning: String, _ type: String, endless: [UInt8] = letters) async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(
        headers: [("Content-Type", type)], pieces: [.text(beginning), .endless(endless)], framing: .chunked)
    }
    let client = client(server, maxAttempts: 1)
    let before = peakKibibytes()
    let error = await failure { () async throws(APIError) in
      for try await _ in client.chat.completions.stream(model: "m", messages: [.user("U")]) {}
    }
    let growth = peakKibibytes() - before
    guard let error, growth < 64 << 10 else { fail("error \(String(describing: error)), \(growth) KiB") }
    if ![.replyTooLarge, .invalidReply].contains(error.code) { fail("\(error)") }
  }

  private static func fail(_ what: String) -> Never {
    let line = Array((what + "\n").utf8)
    write(2, line, line.count)
    exit(1)
  }

  private static func peakKibibytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }
}
