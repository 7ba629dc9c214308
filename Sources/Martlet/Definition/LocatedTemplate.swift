package import MartletYAML

/// A template and the text of the file that it was read from.
package struct LocatedTemplate: Sendable {
  package let template: Template
  package let mark: YAMLMark
  /// Where the text begins, if its characters stand in the file one by one.
  private let textStart: YAMLMark?

  fileprivate init(_ template: Template, at node: YAMLNode) {
    self.template = template
    mark = node.start
    textStart = node.scalar?.textStart
  }

  /// The references, each with its place; with that of the whole text where YAML's escapes or folding hide it.
  package var references: [(reference: Template.Reference, mark: YAMLMark)] {
    guard template.hasReferences else { return [] }
    let references = template.references
    let marks = textStart.flatMap { YAMLMark.marks(at: references.map(\.start), of: template.source, from: $0) }
    return zip(references, marks ?? Array(repeating: mark, count: references.count)).map { ($0, $1) }
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
