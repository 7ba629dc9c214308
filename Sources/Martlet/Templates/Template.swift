package import MartletJSON

/// A text with `{{ name }}` in it, parsed once and expanded with values later.
///
/// The text around the values is never looked at again, and neither are the values: what a parameter, a model or a
/// tool puts in is not expanded a second time.
package struct Template: Sendable, Hashable {
  package enum Segment: Sendable, Hashable {
    case text(String)
    case value(Reference)
  }

  /// `{{ result.temperature | default: 0 }}`: a name, a path into its value, and what stands in for an absent one.
  package struct Reference: Sendable, Hashable {
    package let name: String
    package let path: [String]
    package let fallback: String?
    /// Where its `{{` stands in the source.
    package let start: String.Index
  }

  package let source: String
  /// None if the source is all that there is.
  private let parts: [Segment]

  /// Parses a template; `{{{{` stands for a literal `{{`. Throws everything that is wrong with it.
  package init(_ source: String) throws(TemplateError) {
    var source = source
    source.makeContiguousUTF8()
    self.source = source
    let hasBrace = source.utf8.withContiguousStorageIfAvailable { $0.contains(UInt8(ascii: "{")) } ?? true
    guard hasBrace else {
      parts = []
      return
    }
    var segments: [Segment] = []
    var problems: [TemplateError.Problem] = []
    var text = ""
    var rest = source[...]
    while let open = rest.range(of: "{{") {
      text += rest[..<open.lowerBound]
      rest = rest[open.upperBound...]
      if rest.utf8.starts(with: "{{".utf8) {
        text += "{{"
        rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 2)...]
        continue
      }
      guard let close = rest.range(of: "}}") else {
        problems.append(.init(kind: .unclosed, start: open.lowerBound))
        break
      }
      if !text.isEmpty { segments.append(.text(text)) }
      text = ""
      do throws(TemplateError.Kind) {
        segments.append(.value(try Reference(rest[..<close.lowerBound], start: open.lowerBound)))
      } catch {
        problems.append(.init(kind: error, start: open.lowerBound))
      }
      rest = rest[close.upperBound...]
    }
    guard problems.isEmpty else { throw TemplateError(problems: problems) }
    text += rest
    if !text.isEmpty { segments.append(.text(text)) }
    parts = segments
  }

  /// The texts and values that it is made of, in their order.
  package var segments: [Segment] { parts.isEmpty && !source.isEmpty ? [.text(source)] : parts }

  /// Everything that the template refers to.
  package var references: [Reference] {
    parts.compactMap { if case .value(let reference) = $0 { reference } else { nil } }
  }

  /// Whether the template refers to anything.
  package var hasReferences: Bool {
    parts.contains { if case .value = $0 { true } else { false } }
  }

  /// The reference, when the template is one reference alone.
  package var soleReference: Reference? {
    parts.count == 1 ? references.first : nil
  }

  /// The text with all values put in; an absent value without a default is empty.
  package func expanded(with values: TemplateValues) -> String {
    if parts.isEmpty { return source }
    return parts.reduce(into: "") { text, part in
      switch part {
      case .text(let literal): text += literal
      case .value(let reference): text += values[reference].map { $0.templateText } ?? reference.fallback ?? ""
      }
    }
  }
}

/// The values that a template's names stand for.
package struct TemplateValues: Sendable, ExpressibleByDictionaryLiteral {
  private var values: [String: JSONValue]

  package init(_ values: [String: JSONValue] = [:]) {
    self.values = values
  }

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(Dictionary(elements) { first, _ in first })
  }

  /// These values and others; the others count where both have a name.
  package func merging(_ others: [String: JSONValue]) -> TemplateValues {
    TemplateValues(values.merging(others) { _, other in other })
  }

  /// The value that a reference leads to; nil when there is none, or when it is null.
  package subscript(reference: Template.Reference) -> JSONValue? {
    var value = values[reference.name]
    for step in reference.path {
      switch value {
      case .object(let object)?: value = object[step]
      case .array(let array)?: value = Int(step).flatMap { array.indices.contains($0) ? array[$0] : nil }
      default: return nil
      }
    }
    guard let value, !value.isNull else { return nil }
    return value
  }
}

extension JSONValue {
  /// A value as templates write it: strings as they are, everything else as canonical JSON.
  package var templateText: String { stringValue ?? canonicalString() }
}

extension Substring {
  /// The first place of an ASCII text, by bytes: to Swift a character goes on with what combines with it.
  func range(of text: String) -> Range<Index>? {
    let wanted = Array(text.utf8)
    let offset = utf8.withContiguousStorageIfAvailable { bytes -> Int? in
      guard let first = wanted.first, bytes.count >= wanted.count else { return nil }
      for offset in 0...(bytes.count - wanted.count) where bytes[offset] == first {
        if bytes[offset..<(offset + wanted.count)].elementsEqual(wanted) { return offset }
      }
      return nil
    }
    guard let offset else { return firstRange(of: wanted) }
    return offset.map { offset in
      let lower = utf8.index(utf8.startIndex, offsetBy: offset)
      return lower..<utf8.index(lower, offsetBy: wanted.count)
    }
  }

  /// The same for a text that does not lie in one piece.
  private func firstRange(of wanted: [UInt8]) -> Range<Index>? {
    utf8.indices.first { utf8[$0...].starts(with: wanted) }.map { $0..<utf8.index($0, offsetBy: wanted.count) }
  }
}
