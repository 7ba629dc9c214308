import Martlet
import ProgramSupport
import Testing

/// Every fence of the README and of the guides is run, compiled or built.
@Suite struct PageTests {
  /// Lines for a shell that no test can run, because they change the machine: the packages are those of Package.swift.
  private static let installations: Set<String> = [
    "apt-get install -y libcurl4-openssl-dev libyaml-dev", "apt-get install -y libcurl4 libyaml-0-2",
  ]

  @Test func thereIsAGuideForEveryTask() {
    #expect(
      Set(Page.all.map(\.name)) == [
        "README", "Martlet", "FirstAgent", "FirstPlugin", "FirstSwiftTool", "ToolsFromFunctions",
        "StreamingAndSessions",
        "StructuredOutput", "TestingAnAgent", "AnyServer", "CacheAndFallback", "UsingThePackage", "MartletChat",
        "FromPythonToSwift",
      ])
  }

  @Test(arguments: Page.all) func everyFenceIsOfAKindThatIsTested(page: Page) {
    #expect(!page.fences.isEmpty)
    for fence in page.fences {
      let isKnown =
        switch (fence.language, fence.file) {
        case ("yaml", .some), ("sh", .some), ("python", .some), ("text", _), ("console", nil), ("swift", nil): true
        case ("swift", .some): page.isPackage
        case ("python", nil): fence.isForReading
        case ("sh", nil):
          page.name == Page.readme.name || fence.code.allSatisfy(Self.installations.contains)
        default: false
        }
      #expect(isKnown, "line \(fence.line)")
    }
  }

  /// The commands of a page with a package are run by `.ci/outside-package`.
  @Test(arguments: Page.all.filter { !$0.isPackage }) func theFilesAndCommandsWorkAsShown(page: Page) async throws {
    let folder = try TemporaryFolder()
    for fence in page.fences {
      if let file = fence.file {
        try folder.write(file, fence.text)
      } else if fence.language == "console", isRunnable(fence, of: page) {
        for step in ConsoleStep.all(in: fence.text) {
          let run = try await Program.shell(step.command, in: folder.path)
          #expect(
            ConsoleStep.comparable(run.output) == ConsoleStep.comparable(step.output),
            "line \(fence.line): \(step.command)\n\(run.output)\(run.errors)")
        }
      }
    }
  }

  /// Whether the program that a fence needs is installed; says so when it is not.
  private func isRunnable(_ fence: Fence, of page: Page) -> Bool {
    guard let program = fence.needs, !Program.isInstalled(program) else { return true }
    Issue.record("\(page.file), line \(fence.line) was not run: there is no \(program) here", severity: .warning)
    return false
  }

  /// The code of a fence stands in one piece in the page's file of snippets.
  ///
  /// The indentation may differ, and where the page names one of its files, the snippet names it in a folder of its own.
  @Test(arguments: Page.all) func theSwiftCodeIsCompiledHere(page: Page) throws {
    let shown = page.fences.filter { $0.language == "swift" && $0.file == nil }
    guard !shown.isEmpty else { return }
    let compiled = try Program.text(of: page.snippets).split(separator: "\n").filter { !$0.trimmed.isEmpty }
      .map { $0.trimmed.replacing("folder.path + \"/", with: "\"") }
    for fence in shown {
      let imports = fence.code.filter { $0.hasPrefix("import ") }
      for line in imports { #expect(compiled.contains(line), "line \(fence.line)") }
      let code = fence.code.filter { !imports.contains($0) }
      let common = compiled.indices.map { start in zip(code, compiled[start...]).prefix { $0 == $1 }.count }.max() ?? 0
      let missing = common < code.count ? code[common] : ""
      #expect(common == code.count, "line \(fence.line): not in \(page.snippets): \(missing)")
    }
  }
}
