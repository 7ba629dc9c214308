import FoundationEssentials
package import Martlet
import Testing

/// One recorded exchange with a real server.
package struct Recording: CustomTestStringConvertible, Sendable {
  package let name: String
  package let status: Int
  package let body: [UInt8]
  package let contentType: String?
  package let isStream: Bool

  package var testDescription: String { name }

  package static let folder = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map {
    $0 + "/provider-traffic"
  }

  /// All exchanges in the order of their names.
  package static let all: [Recording] = {
    guard let folder, let cases = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
    return cases.sorted().flatMap { name -> [Recording] in
      let exchanges = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []
      return exchanges.sorted().compactMap { read("\(folder)/\(name)/\($0)", as: "\(name)/\($0)") }
    }
  }()

  private static func read(_ path: String, as name: String) -> Recording? {
    func bytes(_ file: String) -> [UInt8]? { FileManager.default.contents(atPath: "\(path)/\(file)").map(Array.init) }
    guard let status = bytes("status").flatMap({ Int(String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self)) }) else {
      return nil
    }
    let stream = bytes("response.sse")
    guard let body = stream ?? bytes("response.json") ?? bytes("response.txt") else { return nil }
    let headers = bytes("headers.json").flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? []
    let contentType = headers.first { $0[0]?.stringValue?.lowercased() == "content-type" }?[1]?.stringValue
    return Recording(name: name, status: status, body: body, contentType: contentType, isStream: stream != nil)
  }

  /// The parts of the recording that a plain reading of the specification gives.
  package var expected: Expected {
    var events: [JSONValue] = []
    if isStream {
      for line in String(decoding: body, as: UTF8.self).split(separator: "\n") where line.hasPrefix("data:") {
        if let value = try? JSONValue(parsing: String(line.dropFirst(5).trimmingPrefix(" "))) { events.append(value) }
      }
    } else if let value = try? JSONValue(parsing: body) {
      events = [value]
    }
    return Expected(events, isStream: isStream)
  }
}

/// A reading of chunks that knows no tolerance.
package struct Expected {
  package var text = ""
  package var names: [String] = []
  package var arguments: [Int: String] = [:]
  package var promptTokens = 0
  package var finishReason: String?

  init(_ events: [JSONValue], isStream: Bool) {
    for event in events {
      promptTokens = event["usage"]?["prompt_tokens"]?.intValue ?? promptTokens
      for choice in event["choices"]?.arrayValue ?? [] where choice["index"]?.intValue ?? 0 == 0 {
        finishReason = choice["finish_reason"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? finishReason
        // Some servers send both, of which the other one is empty or says the same again.
        let parts = isStream ? [choice["delta"], choice["message"]] : [choice["message"], choice["delta"]]
        let delta = parts.lazy.compactMap(\.self).first ?? .null
        text += delta["content"]?.stringValue ?? ""
        for part in delta["content"]?.arrayValue ?? [] { text += part["text"]?.stringValue ?? "" }
        for (position, call) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
          if let name = call["function"]?["name"]?.stringValue { names.append(name) }
          arguments[call["index"]?.intValue ?? position, default: ""] +=
            call["function"]?["arguments"]?.stringValue ?? ""
        }
      }
    }
    // Thinking that stands in the text is not part of the answer.
    if text.hasPrefix("<think>"), let end = text.firstRange(of: "</think>") {
      text = String(text[end.upperBound...].drop { $0.isWhitespace })
    }
  }
}

extension Recording {
  /// The body in pieces of 1 to `longest` bytes, the same ones for the same seed.
  package func pieces(longest: Int, seed: UInt64) -> [[UInt8]] {
    var generator = SeededGenerator(seed: seed)
    var pieces: [[UInt8]] = []
    var position = 0
    while position < body.count {
      let end = min(position + Int.random(in: 1...longest, using: &generator), body.count)
      pieces.append(Array(body[position..<end]))
      position = end
    }
    return pieces
  }
}

extension Recording {
  /// The schema of a chat-completions request, beside the recordings.
  package static func requestSchema() throws -> JSONSchema {
    let path = "\(folder ?? "")/../openai-chat-schema/openai-chat.nullable.schema.json"
    let bytes = try FileReading.bytes(of: path, limit: 1 << 24)
    var document = try JSONValue(parsing: bytes).objectValue ?? [:]
    document["$ref"] = "#/$defs/CreateChatCompletionRequest"
    return try JSONSchema(.object(document))
  }
}

/// The same numbers for the same seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
