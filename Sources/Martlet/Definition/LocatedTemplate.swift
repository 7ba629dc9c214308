package import MartletYAML

/// A template and the text of the file that it was read from.
package struct LocatedTemplate: Sendable {
  package let template: Template
  private let node: YAMLNode

  fileprivate init(_ template: Template, at node: YAMLNode) {
    self.template = template
    self.node = node
  }

  package var mark: YAMLMark { node.start }

  /// The references, each with its place; with that of the whole text where YAML's escapes or folding hide it.
  package var references: [(reference: Template.Reference, mark: YAMLMark)] {
    let references = template.references
    let marks = node.scalar?.marks(at: references.map(\.start))
    return zip(references, marks ?? Array(repeating: node.start, count: references.count)).map { ($0, $1) }
  }
}

extension FieldType<LocatedTemplate> {
  /// A text in which `{{ name }}` is put in.
  package static let template = FieldType<String>.string.map { text, node, reader in reader.template(text, at: node) }
}

extension DefinitionReader {
  /// Parses a template; nil after reports, each at the place of its mistake.
  package func template(_ text: String, at node: YAMLNode) -> LocatedTemplate? {
    do throws(TemplateError) {
      return LocatedTemplate(try Template(text), at: node)
    } catch {
      let marks = node.scalar?.marks(at: error.problems.map(\.start))
      for (index, problem) in error.problems.enumerated() {
        report(problem.kind.description, at: marks?[index] ?? node.start, hint: problem.kind.hint)
      }
      return nil
    }
  }
}
