import MartletTesting
import ProgramSupport
import Testing

/// libcurl is there only for what asks a server.
@Suite struct LibcurlTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("scripted.yaml", "{name: a, model: scripted, script: [{say: Hello!}]}")
    try folder.write(
      "asking.yaml",
      """
      name: b
      model: {provider: local, name: m}
      providers: {local: {base_url: "http://127.0.0.1:9/v1"}}
      """)
    // A URL that only libcurl can judge.
    try folder.write(
      "unjudged.yaml",
      """
      name: c
      model: {provider: local, name: m}
      providers: {local: {base_url: "http://[::1]:9/v1"}}
      """)
    // What the dynamic linker finds first, and cannot use.
    try folder.write("broken/libcurl.so.4", "no library")
  }

  private func martlet(_ line: String) async throws -> Program.Output {
    try await Program.shell(line, in: folder.path)
  }

  @Test(arguments: ["check scripted.yaml", "check asking.yaml", "tools asking.yaml", "schema", "--help"])
  func aCommandThatAsksNoServerDoesNotLoadIt(command: String) async throws {
    let run = try await martlet("LD_DEBUG=files LD_DEBUG_OUTPUT=loaded \"$MARTLET\" \(command); cat loaded.*")
    #expect(run.output.contains("libyaml"))
    #expect(!run.output.contains("libcurl"))
  }

  @Test func whatNeedsNoServerWorksWithoutIt() async throws {
    let line = "export LD_LIBRARY_PATH=broken; \"$MARTLET\" check scripted.yaml && \"$MARTLET\" run scripted.yaml hi"
    let run = try await martlet(line)
    #expect(run.status == 0, "\(run.errors)")
    let check = try await martlet("LD_LIBRARY_PATH=broken \"$MARTLET\" check unjudged.yaml")
    #expect(check.status == 0, "\(check.errors)")
    #expect(run.output.hasSuffix("Hello!\n"))
    let version = try await martlet("LD_LIBRARY_PATH=broken \"$MARTLET\" --version")
    #expect(version.output.contains("\nlibcurl not there\n"))
  }

  @Test func anExchangeWithoutItSaysWhatIsMissing() async throws {
    let run = try await martlet("LD_LIBRARY_PATH=broken \"$MARTLET\" run asking.yaml hi")
    #expect(run.status == 4)
    #expect(run.output.isEmpty)
    #expect(!run.errors.contains("^"))
    #expect(run.errors.contains("libcurl cannot be loaded: "))
    #expect(run.errors.contains("Debian's package is libcurl4"))
  }

  /// Where libcurl looks for what it needs first: in its own libraries, or in the program and what was preloaded.
  @Test(
    .disabled(if: isSanitized, "a sanitizer's functions have to be found first"),
    arguments: [("", true), ("LD_PRELOAD=libm.so.6", false)])
  func itFindsFirstWhatWasPreloaded(environment: String, findsItselfFirst: Bool) async throws {
    let run = try await martlet(
      "\(environment) LD_DEBUG=scopes LD_DEBUG_OUTPUT=scopes \"$MARTLET\" run asking.yaml hi; cat scopes.*")
    let lines = run.output.split(separator: "\n").drop { !$0.contains("object=") || !$0.contains("/libcurl.so.4 [") }
    let first = try #require(lines.dropFirst().first { $0.contains("scope 0:") }, "\(run.output.suffix(2_000))")
    let words = first.split(separator: " ").drop { $0 != "0:" }.dropFirst()
    #expect(words.first?.contains("libcurl.so.4") == findsItselfFirst, "\(first.prefix(300))")
  }

  @Test func aRunThatEndsWhileItIsLoadedEndsAsEver() async throws {
    let run = try await martlet("for i in $(seq 50); do \"$MARTLET\" run missing.yaml hi; echo $?; done 2>/dev/null")
    #expect(run.output == String(repeating: "3\n", count: 50))
  }
}
