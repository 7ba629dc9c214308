// With the trait for macros, SwiftPM lets no test import a program.
#if !Macros
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
      "run run", "a.yaml = a=b", "a.yaml --set=a=b", "a.yaml -q -- --json -- -x",
    ])
    func aUsualLineNeedsNoParser(line: String) throws {
      let words = line.split(separator: " ").map(String.init)
      let plain = try #require(RunArguments(plain: words))
      #expect(plain == Self.parsed(words))
    }

    @Test(arguments: [
      [], ["--json"], ["--"], ["a.yaml", "--help"], ["a.yaml", "-h"], ["a.yaml", "--version"], ["a.yaml", "-x"],
      ["a.yaml", "-qv"], ["a.yaml", "--model"], ["a.yaml", "--model", "-x"], ["a.yaml", "--model", ""],
      ["a.yaml", "--model="], ["a.yaml", "--model", "--"], ["a.yaml", "--json=1"], ["a.yaml", "-o=x"],
      ["a.yaml", "--Json"],
      ["a.yaml", "--json", "--events"], ["a.yaml", "--json", "--json"], ["a.yaml", "-q", "--quiet"],
      ["a.yaml", "--stream", "--no-stream"], ["a.yaml", "--max-turns", "0"], ["a.yaml", "--timeout", "10"],
      ["a.yaml", "--set", "novalue"], ["a.yaml", "--base-url", "ftp://x"],
    ])
    func anyOtherLineIsLeftToTheParser(words: [String]) {
      #expect(RunArguments(plain: words) == nil)
    }

    /// An option that is not read here, or not handed over by the command, is missed.
    @Test func everyOptionOfTheHelpIsRead() throws {
      let values = [
        "--model": "m", "--base-url": "https://h", "--set": "a=b", "--image": "x.png", "--max-turns": "3",
        "--max-total-tokens": "3", "--timeout": "3s", "-o": "o", "--output": "o", "--json": nil, "--events": nil,
        "--explain": nil, "-q": nil, "--quiet": nil, "-v": nil, "--verbose": nil, "--stream": nil, "--no-stream": nil,
      ]
      let options = MartletCommand.helpMessage(for: RunCommand.self).split(separator: "\n").filter {
        $0.hasPrefix("  -")
      }
      let names = options.flatMap { $0.split { " ,/".contains($0) }.filter { $0.hasPrefix("-") } }.map(String.init)
      #expect(Set(names) == Set(values.keys).union(["--version", "-h", "--help"]))
      for (name, value) in values {
        let words = ["a.yaml", name] + (value.map { [$0] } ?? [])
        let arguments = try #require(RunArguments(plain: words), "\(name)")
        #expect(arguments != RunArguments(agent: "a.yaml"), "\(name)")
        #expect(arguments == Self.parsed(words), "\(name)")
      }
    }

    @Test func theParserAgrees() {
      let pieces = [
        "a.yaml", "run", "hi", "-", "--", "", "—", "=", "a=b", "é", "-\u{301}", "--json", "--events", "--explain",
        "--quiet", "-q", "--verbose", "-v", "--stream", "--no-stream", "-qv", "-h", "--model m/n", "--model=m",
        "--model=-m",
        "--model", "--base-url https://h/v1", "--base-url http://u@h", "--base-url=https://h", "-o o", "-o",
        "--output o",
        "-oout", "--output=", "--max-turns 3", "--max-turns 0", "--max-turns -1", "--max-turns=2",
        "--max-total-tokens 5",
        "--timeout 5s", "--timeout=1m", "--set a=b", "--set", "--set=a=b=c", "--set=a", "--image x.png",
        "--image=x.png",
        "--images", "--no-json", "---", "-=", "--=x", "--json=true",
      ]
      var plain = 0
      for _ in 0..<1_500 {
        let chosen = (0..<Int.random(in: 0...6)).compactMap { _ in pieces.randomElement() }
        let words = (["a.yaml"] + chosen).flatMap { $0.isEmpty ? [""] : $0.split(separator: " ").map(String.init) }
        guard let arguments = RunArguments(plain: words) else { continue }
        plain += 1
        #expect(arguments == Self.parsed(words), "\(words)")
      }
      #expect(plain > 150)
    }
  }
#endif
