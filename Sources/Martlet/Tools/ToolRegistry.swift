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
  private let byName: [String: Int]

  /// Of two tools of one name the first counts.
  package init(_ tools: [Tool] = []) {
    self.tools = tools
    self.byName = Dictionary(tools.enumerated().map { ($1.specification.name, $0) }) { first, _ in first }
  }

  package subscript(name: String) -> Tool? {
    byName[name].map { tools[$0] }
  }

  package var specifications: [ToolSpecification] { tools.map(\.specification) }
}
