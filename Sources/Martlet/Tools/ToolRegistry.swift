/// The tools of an agent by name, in the order of its file.
package struct ToolRegistry: Sendable {
  package final class Tool: Sendable {
    package let specification: ToolSpecification
    package let executor: any ToolExecutor

    package init(specification: ToolSpecification, executor: any ToolExecutor) {
      self.specification = specification
      self.executor = executor
    }
  }

  package let tools: [Tool]
  /// Nil while a scan is quicker.
  private let byName: [String: Int]?

  private static let maxScanned = 8

  /// Of two tools of one name the first counts.
  package init(_ tools: [Tool] = []) {
    self.tools = tools
    let names = tools.enumerated().lazy.map { ($1.specification.name, $0) }
    self.byName = tools.count > Self.maxScanned ? Dictionary(names) { first, _ in first } : nil
  }

  package subscript(name: String) -> Tool? {
    guard let byName else { return tools.first { $0.specification.name == name } }
    return byName[name].map { tools[$0] }
  }

  package var specifications: [ToolSpecification] { tools.map(\.specification) }
}
