import FoundationEssentials
import ProgramSupport
import Testing

/// A page of the documentation: the README, or a guide of the catalog.
struct Page: Sendable, CustomTestStringConvertible {
  /// The path in the package, such as `README.md`.
  let file: String
  let text: String
  let fences: [Fence]

  private static let catalogs = ["Sources/Martlet/Martlet.docc", "Sources/MartletChat/MartletChat.docc"]

  static let readme = Page(file: "README.md")
  static let package = Page(file: "Sources/Martlet/Martlet.docc/UsingThePackage.md")

  /// Every page with fences that are tested.
  static let all: [Page] =
    [readme]
    + catalogs.flatMap { catalog in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: Program.package + "/" + catalog)) ?? []
      return names.filter { $0.hasSuffix(".md") }.sorted().map { Page(file: catalog + "/" + $0) }
    }

  private init(file: String) {
    self.file = file
    text = (try? Program.text(of: file)) ?? ""
    fences = Fence.all(in: text)
  }

  /// The name of the page without folder and ending.
  var name: String { String(file.split(separator: "/").last?.dropLast(".md".count) ?? "") }

  /// The Swift code that is compiled for this page; nothing when it shows none.
  var snippets: String { "Tests/ExampleTests/Snippets/\(name).swift" }

  /// Whether the page shows a whole package, which is built from it.
  var isPackage: Bool { fences.contains { $0.file == "Package.swift" } }

  var testDescription: String { name }
}

extension Page {
  /// A guide by its name.
  static func named(_ name: String) -> Page { all.first { $0.name == name } ?? Page(file: name + ".md") }

  /// A new folder with the files that the page shows.
  func folderOfFiles() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for fence in fences { if let file = fence.file { try folder.write(file, fence.text) } }
    return folder
  }

  /// Whether a block of plain text shows exactly this output.
  func shows(_ output: String) -> Bool { fences.contains { $0.language == "text" && $0.text == output + "\n" } }
}
