import Martlet
import ProgramSupport
import Testing

/// What the README promises beside its fences, which are tested like those of every page.
@Suite struct ReadmeTests {
  private let commands = Page.readme.fences.filter { $0.language == "sh" && $0.file == nil }.map(\.text)

  @Test func theFirstCommandInstallsTheLibrariesAndRunsAnAgent() async throws {
    let command = try #require(commands.first)
    #expect(command.split(separator: "\n").count == 1)
    #expect(command.contains("apt-get install -y libcurl4-openssl-dev libyaml-dev && swift run martlet "))
    let run = try #require(command.components("&& swift run ").last)
    let output = try await Program.shell(run.trimmed, in: Program.package)
    #expect(output.status == 0)
    #expect(output.output == "The weather in San Francisco: 61 °F and foggy (sample data).\n")
  }

  @Test func theSecondCommandIsTheOneThatContinuousIntegrationCalls() throws {
    #expect(commands.dropFirst() == ["swift test\n"])
    #expect(try Program.text(of: ".ci/run").split(separator: "\n").contains { $0.hasPrefix("swift test") })
  }

  @Test func itsLinksLeadToFiles() throws {
    let links = Page.readme.text.matches(of: /\]\(([^)]+)\)/).map { String($0.1) }
    #expect(links.count > 6)
    for link in links {
      let path = Program.package + "/" + link
      #expect(FilePaths.isRegularFile(path) || FilePaths.isFolder(path), "\(link)")
    }
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
