/// With ``JSONValue/init(encoding:)`` and ``JSONValue/decode(_:)`` a value passes unchanged. Other encoders and decoders
/// know neither the spelling of a number nor, often, the order of members: there both may change.
extension JSONValue: Codable {
  /// Decodes any value.
  ///
  /// - Throws: `DecodingError` if the decoder holds what JSON has not, or more than ``defaultMaximumDepth`` levels of it.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? JSONValueDecoder {
      self = decoder.value
      return
    }
    guard decoder.codingPath.count <= CodingPath.maximumDepth else {
      let description = "nested deeper than \(CodingPath.maximumDepth) levels"
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: description))
    }
    // A decoder does not say what it holds: only asking tells. What is in a container decodes with its own errors.
    if let members = try? decoder.container(keyedBy: MemberKey.self) {
      var object = JSONObject()
      for key in members.allKeys {
        object[key.stringValue] = try members.decode(JSONValue.self, forKey: key)
      }
      self = .object(object)
    } else if var remaining = try? decoder.unkeyedContainer() {
      var elements: [JSONValue] = []
      while !remaining.isAtEnd { elements.append(try remaining.decode(JSONValue.self)) }
      self = .array(elements)
    } else {
      self = try Self.scalar(in: decoder.singleValueContainer())
    }
  }

  private static func scalar(in container: any SingleValueDecodingContainer) throws -> JSONValue {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .bool(value) }
    if let value = try? container.decode(Int64.self) { return .number(JSONNumber(value)) }
    if let value = try? container.decode(UInt64.self) { return .number(JSONNumber(value)) }
    if let value = try? container.decode(Double.self), let number = JSONNumber(value) { return .number(number) }
    return .string(try container.decode(String.self))
  }

  /// Encodes the value.
  ///
  /// - Throws: `EncodingError` if another encoder than ``init(encoding:)`` is given a number beyond the finite doubles or
  ///   more than ``defaultMaximumDepth`` levels.
  public func encode(to encoder: any Encoder) throws {
    if let encoder = encoder as? JSONValueEncoder {
      encoder.node.set(self)
      return
    }
    guard encoder.codingPath.count <= CodingPath.maximumDepth else {
      throw invalid("nested deeper than \(CodingPath.maximumDepth) levels", in: encoder)
    }
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .number(let number):
      try encode(number, to: encoder)
    case .string(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let object):
      var container = encoder.container(keyedBy: MemberKey.self)
      for member in object { try container.encode(member.value, forKey: MemberKey(stringValue: member.key)) }
    }
  }

  private func encode(_ number: JSONNumber, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value = number.exactInteger(as: Int64.self) {
      try container.encode(value)
    } else if let value = number.exactInteger(as: UInt64.self) {
      try container.encode(value)
    } else if let value = number.doubleValue {
      try container.encode(value)
    } else {
      throw invalid("the number does not fit a double", in: encoder)
    }
  }

  private func invalid(_ description: String, in encoder: any Encoder) -> EncodingError {
    .invalidValue(self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: description))
  }
}

extension JSONNumber: Codable {
  /// Decodes a number.
  public init(from decoder: any Decoder) throws {
    guard case .number(let number) = try JSONValue(from: decoder) else {
      let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected number")
      throw DecodingError.typeMismatch(JSONNumber.self, context)
    }
    self = number
  }

  /// Encodes the number.
  public func encode(to encoder: any Encoder) throws { try JSONValue.number(self).encode(to: encoder) }
}

extension JSONObject: Codable {
  /// Decodes an object.
  public init(from decoder: any Decoder) throws {
    guard case .object(let object) = try JSONValue(from: decoder) else {
      let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected object")
      throw DecodingError.typeMismatch(JSONObject.self, context)
    }
    self = object
  }

  /// Encodes the object.
  public func encode(to encoder: any Encoder) throws { try JSONValue.object(self).encode(to: encoder) }
}
