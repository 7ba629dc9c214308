import Martlet
import ProgramSupport
import Testing

/// The package of the guide to one: its manifest is read and its sources are compiled; `.ci/outside-package` builds it.
@Suite struct PackageTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try Page.package.folderOfFiles()
    try folder.write(
      "Package.swift",
      folder.read("Package.swift").replacing(/\.package\(url: .*\)/, with: #".package(path: "../martlet")"#))
  }

  /// Runs one of the toolchain's programs in the folder of the package.
  private func toolchain(_ line: String) async throws -> Program.Output {
    let own = ProcessEnvironment.current.filter { ["PATH", "HOME"].contains($0.key) }
    return try await Program.shell(line, in: folder.path, environment: own)
  }

  @Test func itsManifestNamesWhatThereIs() async throws {
    let dump = try await toolchain("swift package dump-package")
    #expect(dump.status == 0, "\(dump.errors)")
    let manifest = try JSONValue(parsing: dump.output)
    #expect(manifest["dependencies"]?[0]?["fileSystem"]?[0]?["identity"] == "martlet")
    let own = try Program.text(of: "Package.swift")
    let used = (manifest["targets"]?.arrayValue ?? []).flatMap { $0["dependencies"]?.arrayValue ?? [] }
      .compactMap { $0["product"]?[0]?.stringValue }
    #expect(used == ["Martlet", "MartletTesting"])
    for product in used { #expect(own.contains(#".library(name: "\#(product)""#)) }
    #expect(own.hasPrefix(try folder.read("Package.swift").prefix { $0 != "\n" }))
  }

  @Test func itsSourcesFitTheLibrary() async throws {
    let built = FilePaths.folder(of: Program.path)
    let includes =
      ["Modules", "CCurl.build", "CProcess.build"].map { built + "/" + $0 } + [Program.package + "/Sources/CYAML"]
    let check = try await toolchain(
      "swiftc -typecheck -parse-as-library -swift-version 6 -module-name almanac \(includes.map { "-I " + $0 }.joined(separator: " ")) Sources/almanac/*.swift"
    )
    #expect(check.status == 0, "\(check.errors)")
  }
}
