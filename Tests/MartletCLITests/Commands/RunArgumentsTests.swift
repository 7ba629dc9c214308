import ArgumentParser
import Testing

@testable import MartletCLI

/// Lines that are read without the parser mean what it would find in them.
@Suite struct RunArgumentsTests {
  private static func parsed(_ words: [String]) -> RunArguments? {
    ((try? MartletCommand.parseAsRoot(["run"] + words)) as? RunCommand)?.arguments
  }

  @Test(arguments: [
    "a.yaml", "a.yaml What is it?", "a.yaml Review: -", "--json a.yaml hi",
    "a.yaml --base-url http://127.0.0.1:1/v1 hi",
    "a.yaml hi --model openai/gpt --max-turns 3 --max-total-tokens 500 --timeout 90s -o out.txt -q --no-stream",
    "a.yaml --set a=1 --set b=c=d --image x.png --image=y.png --output=o --events", "a.yaml --explain -v --stream",
    "run run", "a.yaml = a=b", "a.yaml --set=a=b",
  ])
  func aUsualLineNeedsNoParser(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let plain = try #require(RunArguments(plain: words))
    #expect(plain == Self.parsed(words))
  }

  @Test(arguments: [
    [], [""], ["--json"], ["a.yaml", ""], ["a.yaml", "--help"], ["a.yaml", "-h"], ["a.yaml", "--", "-x"],
    ["a.yaml", "-qv"],
    ["a.yaml", "--model"], ["a.yaml", "--model", "-x"], ["a.yaml", "--model", ""], ["a.yaml", "--model="],
    ["a.yaml", "--json=1"], ["a.yaml", "-o=x"], ["a.yaml", "--json", "--events"], ["a.yaml", "--json", "--json"],
    ["a.yaml", "-q", "--quiet"], ["a.yaml", "--stream", "--no-stream"], ["a.yaml", "--max-turns", "0"],
    ["a.yaml", "--timeout", "10"], ["a.yaml", "--set", "novalue"], ["a.yaml", "--base-url", "ftp://x"],
    ["a.yaml", "--Json"],
    ["a.yaml", "--version"], ["a.yaml", "-x"],
  ])
  func anyOtherLineIsLeftToTheParser(words: [String]) {
    #expect(RunArguments(plain: words) == nil)
  }

  @Test func theParserAgrees() {
    let words = [
      "a.yaml", "run", "hi", "-", "--", "", "—", "=", "a=b", "é", "--json", "--events", "--explain", "--quiet", "-q",
      "--verbose", "-v", "--stream", "--no-stream", "-qv", "-h", "--model", "m/n", "--model=m", "--model=-m",
      "--base-url",
      "https://h/v1", "http://u@h", "--base-url=https://h", "-o", "--output", "-oout", "--output=", "--max-turns", "3",
      "0",
      "-1", "--max-turns=2", "--max-total-tokens", "--timeout", "5s", "--timeout=1m", "--set", "--set=a=b", "--set=a",
      "--image", "--image=x.png", "--images", "--no-json", "---", "-=", "--=x", "--json=true",
    ]
    var plain = 0
    for _ in 0..<2_500 {
      let line =
        ["a.yaml"].filter { _ in Bool.random() } + (0..<Int.random(in: 0...5)).compactMap { _ in words.randomElement() }
      guard let arguments = RunArguments(plain: line) else { continue }
      plain += 1
      #expect(arguments == Self.parsed(line), "\(line)")
    }
    #expect(plain > 150)
  }
}
