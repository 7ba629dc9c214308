/// Identifiers and what refers to them (Core 8.2).
extension SchemaCompiler {
  /// Longer identifiers and references are refused, since each base URI is kept.
  private static let lengthLimit = 4_096

  /// The bytes that the identifiers and references of a document may come to, each together with its base URI.
  private static let totalLengthLimit = 1 << 20

  /// Registers a subschema's `$id` and anchors; returns the base URI and the dialect that hold inside it.
  mutating func identify(
    _ object: JSONObject, index: Int, base: String, dialect: SchemaDialect, isRoot: Bool
  ) -> (base: String, dialect: SchemaDialect) {
    // Most subschemas have no such keyword.
    guard object.members.contains(where: { $0.key.utf8.first == UInt8(ascii: "$") }) else { return (base, dialect) }
    var dialect = dialect
    // Inside a resource the keyword means nothing (Core 8.1.1).
    if let value = object["$schema"], isRoot || object["$id"] != nil {
      dialect = self.dialect(value, index: index) ?? dialect
    }
    // Beside `$ref`, former drafts have nothing count.
    if dialect.ignoresSiblingsOfReferences, object["$ref"] != nil { return (base, dialect) }
    var base = base
    if let value = object["$id"], let text = identifier(value, keyword: "$id", index: index) {
      base = identify(text, index: index, base: base, dialect: dialect)
    }
    guard !dialect.hasAnchorsInIdentifiers else { return (base, dialect) }
    for keyword in ["$anchor", "$dynamicAnchor"] {
      guard let value = object[keyword], let name = identifier(value, keyword: keyword, index: index) else { continue }
      addAnchor(name, keyword: keyword, base: base, index: index)
    }
    return (base, dialect)
  }

  private mutating func identify(_ text: String, index: Int, base: String, dialect: SchemaDialect) -> String {
    let reference = SchemaReference(text)
    if let fragment = reference.fragment, !fragment.isEmpty {
      if dialect.hasAnchorsInIdentifiers, reference.isFragment {
        addAnchor(String(fragment), keyword: "$id", base: base, index: index)
      } else {
        report(SchemaMessages.identifierWithFragment, at: index, "$id")
      }
      return base
    }
    guard admits(text, base, keyword: "$id", index: index) else { return base }
    let uri = reference.resolved(against: SchemaReference(base)).resource
    if let other = resources.updateValue(index, forKey: uri), other != index {
      report(SchemaMessages.secondIdentifier(uri), at: index, "$id")
    }
    return uri
  }

  private mutating func addAnchor(_ name: String, keyword: String, base: String, index: Int) {
    guard isAnchorName(name) else {
      report(SchemaMessages.anchorName(name), at: index, keyword)
      return
    }
    guard admits(name, base, keyword: keyword, index: index) else { return }
    if let other = anchors.updateValue(index, forKey: base + "#" + name), other != index {
      report(SchemaMessages.secondAnchor(name), at: index, keyword)
    }
    guard keyword == "$dynamicAnchor" else { return }
    dynamicAnchors[name, default: [:]][number(ofResource: base)] = index
  }

  /// Counts the bytes of an identifier or a reference and of its base; false after a report that it is too much.
  private mutating func admits(_ text: String, _ base: String, keyword: String, index: Int) -> Bool {
    let isFirst = identifierLength <= Self.totalLengthLimit
    identifierLength += text.utf8.count + base.utf8.count
    guard identifierLength > Self.totalLengthLimit else { return true }
    if isFirst { report(SchemaMessages.identifiersTooLong(Self.totalLengthLimit), at: index, keyword) }
    return false
  }

  private mutating func identifier(_ value: JSONValue, keyword: String, index: Int) -> String? {
    guard case .string(let text) = value else {
      report(SchemaMessages.mustBe("a string", value), at: index, keyword)
      return nil
    }
    guard text.utf8.count <= Self.lengthLimit else {
      report(SchemaMessages.tooLong(Self.lengthLimit), at: index, keyword)
      return nil
    }
    return text
  }

  /// Core 8.2.2: a letter or `_`, then letters, digits, `-`, `_` and `.`.
  private func isAnchorName(_ name: String) -> Bool {
    for (position, scalar) in name.unicodeScalars.enumerated() {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": continue
      case "0"..."9", "-", ".": if position == 0 { return false }
      default: return false
      }
    }
    return !name.isEmpty
  }

  /// Notes a reference, whose target may not have been read yet.
  mutating func addReference(_ keyword: String, _ value: JSONValue, in draft: Draft) {
    guard let text = identifier(value, keyword: keyword, index: draft.index) else { return }
    let reference = SchemaReference(text)
    var uri = draft.base
    if !reference.isFragment {
      guard admits(text, draft.base, keyword: keyword, index: draft.index) else { return }
      uri = reference.resolved(against: SchemaReference(draft.base)).resource
    }
    references.append(
      PendingReference(index: draft.index, text: text, keyword: keyword, uri: uri, dialect: draft.dialect))
  }

  mutating func resolveReferences() {
    let pending = references
    references = []
    for reference in pending {
      // What a document holds is known when it has been read.
      if load(reference.uri, dialect: reference.dialect) {
        references.append(reference)
        continue
      }
      guard let target = target(of: reference) else { continue }
      if reference.keyword == "$dynamicRef" {
        let name = SchemaReference(reference.text).decodedFragment ?? ""
        dynamicReferences.append((reference.index, name, target))
      } else {
        setReference(of: reference.index, to: target)
      }
    }
  }

  private mutating func target(of pending: PendingReference) -> Int? {
    guard let fragment = SchemaReference(pending.text).decodedFragment else {
      report(SchemaMessages.fragmentEncoding, at: pending.index, pending.keyword)
      return nil
    }
    guard let resource = resources[pending.uri] else {
      report(SchemaMessages.remoteReference(pending.text), at: pending.index, pending.keyword)
      return nil
    }
    if fragment.isEmpty { return resource }
    guard fragment.utf8.first == UInt8(ascii: "/") else {
      if let target = anchors[resourceURIs[nodes[resource].resource] + "#" + fragment] { return target }
      report(SchemaMessages.noAnchor(fragment), at: pending.index, pending.keyword)
      return nil
    }
    guard let keys = PointerToken.keys(of: fragment), let target = follow(keys, from: resource) else {
      report(SchemaMessages.noTarget(pending.text), at: pending.index, pending.keyword)
      return nil
    }
    return target
  }

  /// Follows a pointer from subschema to subschema, and at its end to a place that is none by any keyword.
  private mutating func follow(_ keys: [String], from resource: Int) -> Int? {
    var node = resource
    var rest = keys[...]
    while let first = rest.first {
      let single = PointerToken.escaping(first)
      if let child = child(of: node, suffix: single) {
        node = child
        rest = rest.dropFirst()
      } else if let second = rest.dropFirst().first,
        let child = child(of: node, suffix: single + "/" + PointerToken.escaping(second))
      {
        node = child
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    if rest.isEmpty { return node }
    let suffix = rest.map(PointerToken.escaping).joined(separator: "/")
    if let known = child(of: node, suffix: suffix) { return known }
    guard let value = Self.value(at: rest, in: value(of: node)) else { return nil }
    return enqueue(
      value, parent: node, suffix: suffix, resource: nodes[node].resource, dialect: dialect(of: node))
  }

  private static func value(at keys: ArraySlice<String>, in value: JSONValue) -> JSONValue? {
    var value = value
    for key in keys {
      switch value {
      case .object(let object):
        guard let member = object[key] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(key), String(index) == key, elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }

  /// Lets nodes that are nothing but a reference stand for the end of their chain, and refuses a chain without one.
  mutating func shortenReferences(aliasing: Bool) {
    var ends: [Int: Int] = [:]
    for start in nodes.indices where nodes[start].isOnlyReference && ends[start] == nil {
      var path: [Int] = []
      var end = start
      while nodes[end].isOnlyReference, let next = ends[end] ?? nodes[end].reference {
        path.append(end)
        end = next
        if path.count > nodes.count {
          report(SchemaMessages.endlessReference, at: start, "$ref")
          return
        }
      }
      for index in path { ends[index] = end }
    }
    guard aliasing else { return }
    for (index, end) in ends { setAlias(of: index, to: end) }
  }

  /// Settles each `$dynamicRef`; says whether the way to some of them decides.
  mutating func resolveDynamicReferences() -> Bool {
    var hasScope = false
    for (index, name, fallback) in dynamicReferences {
      // Only an anchor that is dynamic itself opens the others (Core 8.2.3.2).
      let targets = dynamicAnchors[name] ?? [:]
      guard targets.count > 1, targets[nodes[fallback].resource] == fallback else {
        addReference(of: index, to: fallback)
        continue
      }
      hasScope = true
      setDynamic(of: index, to: DynamicReference(targets: targets, fallback: fallback))
    }
    return hasScope
  }

  /// A `$dynamicRef` that always leads to one place; beside a `$ref` it stays what it is.
  private mutating func addReference(of index: Int, to target: Int) {
    if nodes[index].reference == nil {
      setReference(of: index, to: target)
    } else {
      setDynamic(of: index, to: DynamicReference(targets: [:], fallback: target))
    }
  }
}
