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

  /// The place of a reference; that of the whole text where YAML's escapes or folding hide it.
  func mark(of reference: Template.Reference) -> YAMLMark {
    node.scalar?.mark(at: reference.start) ?? node.start
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
      for problem in error.problems {
        report(
          problem.kind.description, at: node.scalar?.mark(at: problem.start) ?? node.start, hint: problem.kind.hint)
      }
      return nil
    }
  }
}
