import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What the guide to other servers shows beside its fences.
@Suite struct AnyServerPageTests {
  private let page = Page.named("AnyServer")

  @Test func itShowsWhatDoctorPrints() async throws {
    var costume = Costume("two refusals")
    costume.refusal = { body in
      Costume.streamOptionsRefused.refusal(body) ?? Costume.namedToolChoiceRefused.refusal(body)
    }
    costume.keepsBound()
    let server = try costume.server()
    let run = try await Program.run("doctor", server.baseURL)
    let table = try #require(run.output.components(before: "\n\n"))
    #expect(page.shows(table), "\(run.output)\(run.errors)")
    let quirks = page.fences.first { $0.file == "any-server.yaml" }?.text.split(separator: "quirks:\n").last
    #expect(quirks.map { run.output.hasSuffix(String($0)) } == true)
  }

  @Test func itListsEverySetting() {
    let listed = page.text.matches(of: /(?m)^\| `([a-z_]+)` \|/).map { String($0.1) }
    #expect(listed == QuirksDeclaration.table.fields.map(\.key))
  }
}

extension String {
  fileprivate func components(before separator: String) -> String? {
    firstRange(of: separator).map { String(self[..<$0.lowerBound]) }
  }
}
