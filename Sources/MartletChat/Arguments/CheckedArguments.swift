package import MartletJSON

/// The arguments of a call as its function gets them: one object that satisfies the function's schema.
package struct CheckedArguments: Sendable {
  package let value: JSONValue
  /// What had to be changed for that.
  package let repairs: [ArgumentRepair]

  /// Why a call cannot be carried out, for the model to be told.
  package enum Failure: Error, Sendable {
    case tooLong(limit: Int)
    /// The text is no JSON object, for this reason.
    case unreadable(String)
    case invalid([SchemaViolation])
  }

  /// The arguments of one call, in bytes.
  package static let maximumBytes = CallSlot.maximumArgumentBytes

  package init(value: JSONValue, repairs: [ArgumentRepair]) {
    self.value = value
    self.repairs = repairs
  }

  /// Reads the arguments of a call, and repairs them where that can be done in one way only.
  ///
  /// A repair is taken only when exactly one value that fits the schema comes of it, and never for arguments that were cut
  /// off. What cannot be repaired fails with what is wrong with the model's own text. An object that the text is already
  /// known to be is not read again.
  package init(
    reading text: String, knownAs object: JSONValue? = nil, schema: JSONSchema, repairing: Bool
  ) throws(Failure) {
    guard text.utf8.count <= Self.maximumBytes else { throw .tooLong(limit: Self.maximumBytes) }
    let (value, repairs) =
      if let object { (object, [ArgumentRepair]()) } else { try Self.object(text, repairing: repairing) }
    let violations = schema.violations(in: value)
    if violations.isEmpty {
      (self.value, self.repairs) = (value, repairs)
      return
    }
    var search = SchemaRepair(schema, byteCount: text.utf8.count)
    guard repairing, let found = search.repaired(value, violations) else { throw .invalid(violations) }
    (self.value, self.repairs) = (found.value, repairs + found.repairs)
  }

  /// Whether a text that is no JSON object can be read as one in one way only.
  package static func canRepair(_ text: String) -> Bool {
    guard text.utf8.count <= maximumBytes else { return false }
    let reading = ArgumentsReading(text)
    return reading.defect == nil && !reading.repairs.isEmpty
  }

  /// The object that a text is or can be read as, and what had to be changed for that.
  private static func object(
    _ text: String, repairing: Bool
  ) throws(Failure) -> (JSONValue, repairs: [ArgumentRepair]) {
    if let value = try? JSONValue(parsing: text, duplicates: .reject), case .object = value { return (value, []) }
    let reading = ArgumentsReading(text, repairing: repairing)
    if let defect = reading.defect { throw .unreadable(defect) }
    do throws(JSONParseError) {
      return (try JSONValue(parsing: reading.text, duplicates: .reject), reading.repairs)
    } catch {
      throw .unreadable(error.description)
    }
  }
}
