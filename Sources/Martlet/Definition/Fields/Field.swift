package import MartletJSON
import MartletYAML

/// One row of a field table: a key of the agent file, all that users are told of it, and the property it sets.
///
/// The rows drive the decoder, its error messages and hints, and the JSON Schema of the format. A key path, and the table
/// of a mapping, is not made before a file has the key, for that takes longer than to read it.
package struct Field<Owner>: Sendable {
  /// Makes the key path of a property: not before a file has the key.
  package typealias Property<Value> = @Sendable () -> any WritableKeyPath<Owner, Value> & Sendable

  package let key: String
  package let aliases: [String]
  package let documentation: String
  package let isRequired: Bool
  /// The key that an alias of another mapping's key stands for, such as `limits.max_turns`.
  package let canonicalKey: String
  /// The JSON Schema of the value.
  package var schema: JSONValue { makeSchema() }
  private let makeSchema: @Sendable () -> JSONValue
  /// The value that counts when the key is absent.
  package let defaultValue: JSONValue?
  /// Whether the feature is there.
  package let isSupported: Bool
  let read: @Sendable (YAMLNode, DefinitionReader, inout Owner) -> Void

  /// A field that is read into a property.
  package init<Value>(
    _ key: String, _ property: @autoclosure @escaping Property<Value>, _ type: FieldType<Value>,
    aliases: [String] = [], default defaultValue: JSONValue? = nil, required: Bool = false, _ documentation: String
  ) {
    self.init(
      key: key, canonicalKey: key, aliases: aliases, required: required, schema: type.schema,
      default: defaultValue, documentation
    ) { node, reader, owner in
      if let value = type.read(node, reader) { owner[keyPath: property()] = value }
    }
  }

  /// A field that is read into an optional property.
  package init<Value>(
    _ key: String, _ property: @autoclosure @escaping Property<Value?>, _ type: FieldType<Value>,
    aliases: [String] = [], default defaultValue: JSONValue? = nil, required: Bool = false, _ documentation: String
  ) {
    self.init(
      key: key, canonicalKey: key, aliases: aliases, required: required, schema: type.schema,
      default: defaultValue, documentation
    ) { node, reader, owner in
      if let value = type.read(node, reader) { owner[keyPath: property()] = value }
    }
  }

  /// A field that is read into a member of an object, which is called as the key is.
  ///
  /// A key path to the member itself would be made anew for every file that has the key.
  package init(
    _ key: String, memberOf object: @autoclosure @escaping Property<JSONObject>, _ type: FieldType<JSONValue>,
    _ documentation: String
  ) {
    self.init(
      key: key, canonicalKey: key, aliases: [], required: false, schema: type.schema, default: nil, documentation
    ) { node, reader, owner in
      if let value = type.read(node, reader) { owner[keyPath: object()][key] = value }
    }
  }

  /// A mapping that is read by its own table into the property as it is, of which an alias may have set something.
  package init<Value>(
    _ key: String, _ property: @autoclosure @escaping Property<Value>,
    _ table: @autoclosure @escaping @Sendable () -> FieldTable<Value>,
    default defaultValue: JSONValue? = nil, _ documentation: String
  ) {
    self.init(
      key: key, canonicalKey: key, aliases: [], required: false, schema: table().schema, default: defaultValue,
      documentation
    ) { node, reader, owner in
      reader.readFields(of: node, table(), into: &owner[keyPath: property()])
    }
  }

  /// Another word for a key of a mapping below this one.
  package static func alias<Value>(
    _ key: String, of canonicalKey: String, _ property: @autoclosure @escaping Property<Value>,
    _ type: FieldType<Value>
  ) -> Field {
    Field(
      key: key, canonicalKey: canonicalKey, aliases: [], required: false, schema: type.schema,
      default: nil, "Another word for `\(canonicalKey)`"
    ) { node, reader, owner in
      if let value = type.read(node, reader) { owner[keyPath: property()] = value }
    }
  }

  /// Another word for a key of a mapping below this one, whose property is optional.
  package static func alias<Value>(
    _ key: String, of canonicalKey: String, _ property: @autoclosure @escaping Property<Value?>,
    _ type: FieldType<Value>
  ) -> Field {
    Field(
      key: key, canonicalKey: canonicalKey, aliases: [], required: false, schema: type.schema,
      default: nil, "Another word for `\(canonicalKey)`"
    ) { node, reader, owner in
      if let value = type.read(node, reader) { owner[keyPath: property()] = value }
    }
  }

  /// A field of the format whose feature is not there yet: anything but its default is refused.
  package static func later(
    _ key: String, alias canonicalKey: String? = nil, aliases: [String] = [],
    schema: @autoclosure @escaping @Sendable () -> JSONValue = [:],
    default defaultValue: JSONValue? = nil, _ documentation: String
  ) -> Field {
    Field(
      key: key, canonicalKey: canonicalKey ?? key, aliases: aliases, required: false, schema: schema(),
      default: defaultValue, isSupported: false, documentation
    ) { node, reader, _ in
      guard let value = reader.json(node) else { return }
      if let defaultValue, value.isWithin(default: defaultValue) { return }
      reader.report("`\(key)` is not supported yet", at: node.start, hint: "leave it out")
    }
  }

  private init(
    key: String, canonicalKey: String, aliases: [String], required: Bool,
    schema: @autoclosure @escaping @Sendable () -> JSONValue, default defaultValue: JSONValue?,
    isSupported: Bool = true, _ documentation: String,
    read: @escaping @Sendable (YAMLNode, DefinitionReader, inout Owner) -> Void
  ) {
    self.key = key
    self.canonicalKey = canonicalKey
    self.aliases = aliases
    self.isRequired = required
    makeSchema = schema
    self.defaultValue = defaultValue
    self.isSupported = isSupported
    self.documentation = documentation
    self.read = read
  }

  /// Whether the row only exists to give a key of another mapping a second word.
  package var isAliasOnly: Bool { key != canonicalKey }
}

/// All keys that a mapping of the agent file may have, besides those of the user's own that begin with `x-`.
package struct FieldTable<Owner>: Sendable {
  /// What the mapping is, with its article: `a tool`.
  package let noun: String
  package let fields: [Field<Owner>]
  /// What must hold between the keys, as JSON Schemas of the mapping; the decoder checks it in code.
  var rules: [JSONValue] { makeRules() }
  private let makeRules: @Sendable () -> [JSONValue]
  /// The positions of the fields that have to be there.
  let required: [Int]
  /// What every word for a field is compared by, and beside it the word itself and what it means.
  private let index: [YAMLWord]
  private let meanings: [Meaning]

  package init(
    _ noun: String, rules: @autoclosure @escaping @Sendable () -> [JSONValue] = [],
    @FieldTableBuilder<Owner> _ fields: () -> [Field<Owner>]
  ) {
    self.init(noun, rules: rules(), fields())
  }

  package init(
    _ noun: String, rules: @autoclosure @escaping @Sendable () -> [JSONValue] = [], _ fields: [Field<Owner>]
  ) {
    self.noun = noun
    makeRules = rules
    self.fields = fields
    required = fields.indices.filter { fields[$0].isRequired }
    var meanings: [Meaning] = []
    for (position, field) in fields.enumerated() {
      meanings.append(Meaning(text: field.key, position: FieldPosition(field: position, isAlias: field.isAliasOnly)))
      for alias in field.aliases {
        meanings.append(Meaning(text: alias, position: FieldPosition(field: position, isAlias: true)))
      }
    }
    self.meanings = meanings
    index = meanings.map { YAMLWord($0.text) }
  }

  /// The field that a key means; nil if there is none.
  func position(of key: YAMLNode) -> FieldPosition? {
    guard let word = key.word else { return nil }
    for place in index.indices where index[place] == word && (word.isWhole || key.text == meanings[place].text) {
      return meanings[place].position
    }
    return nil
  }

  /// Every word that is understood, for suggestions.
  var words: [String] { fields.flatMap { [$0.key] + $0.aliases } }
}

/// A word for a field.
private struct Meaning {
  let text: String
  let position: FieldPosition
}

/// The field that a key means, by its place in the table.
struct FieldPosition {
  let field: Int
  /// Whether the key is another word for it.
  let isAlias: Bool
}

/// Lets a table list its rows one below the other, each checked by the compiler on its own.
@resultBuilder
package enum FieldTableBuilder<Owner> {
  package static func buildExpression(_ field: Field<Owner>) -> Field<Owner> { field }
  package static func buildBlock(_ fields: Field<Owner>...) -> [Field<Owner>] { fields }
}

extension JSONValue {
  /// Whether the value says no more than the default does: equal to it, or an object of some of its members.
  fileprivate func isWithin(default other: JSONValue) -> Bool {
    if let object = objectValue, let defaults = other.objectValue {
      return object.allSatisfy { member in defaults[member.key].map { member.value.isWithin(default: $0) } ?? false }
    }
    return self == other
  }
}
