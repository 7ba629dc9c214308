import Martlet
import ProgramSupport
import Testing

/// Every fence of the README is run, checked or compiled.
@Suite struct ReadmeTests {
  private static let page = (try? Program.text(of: "README.md")) ?? ""
  private let fences = Fence.all(in: Self.page)

  @Test func everyFenceIsOfAKindThatIsTested() {
    #expect(fences.count >= 10)
    for fence in fences {
      let isKnown =
        switch (fence.language, fence.file) {
        case ("yaml", .some), ("sh", .some), ("console", nil), ("swift", nil), ("text", nil): true
        case ("sh", nil): fence.text.contains("swift run martlet") || fence.text == "swift test\n"
        default: false
        }
      #expect(isKnown, "line \(fence.line)")
    }
  }

  @Test func theFirstCommandInstallsTheLibrariesAndRunsAnAgent() async throws {
    let command = try #require(fences.first { $0.language == "sh" }?.text)
    #expect(command.split(separator: "\n").count == 1)
    #expect(command.contains("apt-get install -y libcurl4-openssl-dev libyaml-dev && swift run martlet "))
    let run = try #require(command.components("&& swift run ").last)
    let output = try await Program.shell(run.trimmed, in: Program.package)
    #expect(output.status == 0)
    #expect(output.output == "The weather in San Francisco: 61 °F and foggy (sample data).\n")
  }

  @Test func theSecondCommandIsTheOneThatContinuousIntegrationCalls() throws {
    let commands = fences.filter { $0.language == "sh" && $0.file == nil }
    #expect(commands.last?.text == "swift test\n")
    #expect(try Program.text(of: ".ci/run").split(separator: "\n").contains { $0.hasPrefix("swift test") })
  }

  @Test func theFilesAndCommandsWorkAsShown() async throws {
    let folder = try TemporaryFolder()
    for fence in fences {
      if let file = fence.file {
        try folder.write(file, fence.text)
      } else if fence.language == "console" {
        for step in ConsoleStep.all(in: fence.text) {
          let output = try await Program.shell(step.command, in: folder.path)
          #expect(output.output == step.output, "line \(fence.line): \(step.command)\n\(output.errors)")
        }
      }
    }
  }

  @Test func theSwiftCodeIsCompiledHere() throws {
    let compiled = try Program.text(of: "Tests/ExampleTests/ReadmeSnippets.swift")
    let normalized = compiled.split(separator: "\n").map { $0.trimmed }
    for fence in fences where fence.language == "swift" {
      let lines = fence.text.split(separator: "\n").map { $0.trimmed }.filter { !$0.hasPrefix("import ") }
      let isThere = normalized.indices.contains { normalized[$0...].starts(with: lines) }
      #expect(isThere, "line \(fence.line)")
    }
  }

  @Test func theSwiftCodeRuns() async throws {
    try await ReadmeSnippets.runAnAgent()
    try await ReadmeSnippets.testAnAgent()
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
