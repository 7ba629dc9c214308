import MartletJSON

/// How a value is read that a model wrote for a rewritten schema: what was asked for in another form than the schema wants
/// it, place by place.
///
/// Who rewrites a schema makes it along with what is sent, so that exactly what was asked for otherwise is read otherwise.
struct SchemaReading: Sendable {
  /// What was asked for at a place.
  indirect enum Form: Sendable {
    /// The value as it is.
    case itself
    /// JSON in a text: of any value, or of an object or null.
    case text(ofObject: Bool)
    /// An object; the properties of which some part is another than itself.
    case object([(name: String, reading: SchemaReading)])
    /// A list: the first items each on its own, and those behind them.
    case list(first: [SchemaReading], rest: SchemaReading)
    /// One of several forms.
    case choice([Alternative])
    /// What stands in ``SchemaReading/definitions`` for a part of the whole schema.
    case reference(Int)
  }

  /// One of several forms, and the type of its values; nil for any.
  struct Alternative: Sendable {
    let type: String?
    let reading: SchemaReading
  }

  var form = Form.itself
  /// The parts of the whole schema that hold for the value, see ``SchemaGraph``; as far as they are known.
  var parts: [Int] = []
  /// Whether a property that may be absent was asked for as null.
  var isNullIfAbsent = false
  /// The readings that ``Form/reference(_:)`` leads to, at the root.
  var definitions: [Int: SchemaReading] = [:]

  /// Whether every value is read as it was written.
  var isPlain: Bool {
    if case .itself = form { !isNullIfAbsent } else { false }
  }
}

extension SchemaReading.Form {
  /// Properties of which some are read in another form.
  static func properties(_ readings: [(name: String, reading: SchemaReading)]) -> Self {
    let readings = readings.filter { !$0.reading.isPlain }
    return readings.isEmpty ? .itself : .object(readings)
  }

  /// A list, unless all of it is read as it was written.
  static func items(first: [SchemaReading] = [], rest: SchemaReading) -> Self {
    rest.isPlain && first.allSatisfy(\.isPlain) ? .itself : .list(first: first, rest: rest)
  }

  /// One of several, unless it makes no difference which.
  static func oneOf(_ alternatives: [SchemaReading.Alternative]) -> Self {
    alternatives.allSatisfy(\.reading.isPlain) ? .itself : .choice(alternatives)
  }
}

/// A schema as a server is sent it, and how what comes of it is read.
struct RewrittenSchema: Sendable {
  var json: JSONValue
  var reading = SchemaReading()

  /// The type of the values that are asked for; nil if there are several.
  var typeOfValues: String? {
    let type = json["type"]?.stringValue
    return type == "integer" ? "number" : type
  }
}
