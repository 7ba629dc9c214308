@testable import Martlet
@testable import MartletChat

/// What a program writes, on its way to the model and to a terminal: nothing of it controls either, and no secret shows.
func checkOutput(_ input: [UInt8]) {
  var choices = Choices(input)
  let text = String(decoding: choices.content, as: UTF8.self)
  checkTerminal(text)
  checkSecret(text)
  checkCapture(&choices)
  _ = ProcessTable.Status(parsing: choices.content)
}

private func checkTerminal(_ text: String) {
  let line = timed("escaping") { text.escapedForTerminal }
  promise(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a line controls no terminal")
  promise(line.escapedForTerminal == line, "what is escaped need not be escaped again")
  let lines = timed("escaping lines") { text.escapedForTerminalKeepingLines }
  promise(lines.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }, "lines control no terminal")
  promise(Excerpt.of(text, bytes: 100).utf8.count <= 103, "an excerpt is short")
}

private func checkSecret(_ text: String) {
  let secret = Secret(String(text.prefix(20)))
  guard secret.exposed.utf8.count >= 4 else { return }
  let redacted = Array(timed("redacting") { secret.redacting(text + secret.exposed + text) }.utf8)
  let telling = Array(secret.exposed.utf8.prefix(8))
  let shows = redacted.indices.contains { redacted[$0...].starts(with: telling) }
  promise(!shows || "•••".utf8.containsAny(of: telling), "a redacted text does not hold the secret")
}

/// Output of a program is capped to its head and tail and becomes text without NUL.
private func checkCapture(_ choices: inout Choices) {
  let limit = choices.element(of: [0, 1, 7, 100, 100_000])
  var results: [CapturedOutput] = []
  for pieces in choices.arrivals() {
    results.append(
      timed("capturing") {
        var collector = OutputCollector(limit: limit)
        for piece in pieces { piece.withUnsafeBytes { collector.append($0) } }
        return collector.captured
      })
  }
  for output in results { promise(output == results[0], "cutting output changes nothing") }
  let output = results[0]
  promise(output.head.count + output.tail.count <= limit, "no more is kept than the limit")
  promise(choices.content.starts(with: output.head), "the head is the beginning")
  promise(choices.content.suffix(output.tail.count) == output.tail[...], "the tail is the end")
  for result in [
    timed("repairing") { ResultText(output) }, ResultText(lossy: choices.content),
    ResultText(String(decoding: choices.content, as: UTF8.self), limit: limit),
  ] {
    promise(!result.annotated.utf8.contains(0), "a result has no NUL")
  }
}

extension Sequence<UInt8> {
  fileprivate func containsAny(of bytes: [UInt8]) -> Bool { contains { bytes.contains($0) } }
}
