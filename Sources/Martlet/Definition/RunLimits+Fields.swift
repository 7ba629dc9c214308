import MartletJSON
import MartletYAML

extension RunLimits {
  package static let table = FieldTable<RunLimits>("limits") {
    Field("max_turns", \.maxTurns, .integer(1...Int.max), default: 50, "Replies of the model")
    Field("max_tool_calls", \.maxToolCalls, .integer(0...Int.max), default: 200, "Tool calls in the whole run")
    Field(
      "max_parallel_calls", \.maxParallelCalls, .integer(1...1024), default: 8,
      "Tool calls of one reply that run at the same time")
    Field(
      "max_repeats", \.maxRepeats, .integer(2...Int.max), default: 5,
      "How many times in a row the same call may give the same result")
    Field("max_total_tokens", \.maxTotalTokens, .integer(1...Int.max), "Prompt and completion tokens of the whole run")
    Field("timeout", \.timeout, .duration, "Wall time of the whole run, such as 10m")
    Field("max_cost", \.maxCost, .dollars, "US dollars for the whole run; the prices of the model have to be known")
  }
}

extension FieldType<Duration> {
  /// A time with its unit: `250ms`, `30s`, `10m`, `1h30m`.
  package static let duration = FieldType(schema: [
    "type": "string", "pattern": "^(?=.*[1-9])([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$",
  ]) {
    node, reader in
    guard let text = node.text else {
      reader.reportType(node, expected: "a duration such as 30s")
      return nil
    }
    if let duration = Duration(text), duration > .zero { return duration }
    if Duration(text) == .zero {
      reader.report("expected a duration above zero, found `\(text)`", at: node.start)
      return nil
    }
    let hint = Int(text) == nil ? "units are ms, s, m and h: 30s, 1h30m" : "give it a unit: \(text)s"
    reader.report("expected a duration such as 30s or 10m, found `\(text)`", at: node.start, hint: hint)
    return nil
  }
}

extension Duration {
  /// Reads `250ms`, `30s`, `1.5h`, `1h30m`; nil for anything else and for more than a hundred years.
  package init?(_ text: String) {
    var text = text
    guard let seconds = text.withUTF8({ Self.seconds(in: $0) }), seconds < 100 * 365 * 86_400 else { return nil }
    self = .milliseconds(Int64(seconds * 1000))
  }

  private static func seconds(in text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard !text.isEmpty else { return nil }
    var seconds = 0.0
    var rest = text[...]
    while !rest.isEmpty {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }
      rest = rest[digits.endIndex...]
      let unit = rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
      rest = rest[unit.endIndex...]
      guard let count = Double(String(decoding: digits, as: UTF8.self)),
        let scale = scale(of: String(decoding: unit, as: UTF8.self))
      else { return nil }
      seconds += count * scale
    }
    return seconds
  }

  private static func scale(of unit: String) -> Double? {
    switch unit {
    case "ms": 0.001
    case "s": 1
    case "m": 60
    case "h": 3600
    default: nil
    }
  }

  /// Whole milliseconds, rounded down.
  package var wholeMilliseconds: Int {
    let seconds = min(max(components.seconds, -1 << 50), 1 << 50)
    return Int(seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }

  /// The duration as people write it: `340 ms`, `2.5 s`, `3 min 20 s`.
  package var inWords: String {
    let milliseconds = wholeMilliseconds
    switch milliseconds {
    case ..<1000: return "\(milliseconds) ms"
    case ..<60_000:
      let tenths = milliseconds % 1000 / 100
      return tenths == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(tenths) s"
    default:
      let seconds = milliseconds / 1000
      return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
    }
  }
}
