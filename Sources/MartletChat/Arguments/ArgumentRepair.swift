/// A change that was made to the arguments of a call, because they could be meant in that one way only.
package struct ArgumentRepair: Sendable, Hashable {
  /// What was changed.
  package enum Kind: Sendable, Hashable {
    /// The same object stood there several times.
    case repeated
    /// A text that holds JSON was decoded.
    case encodedTwice
    /// Control characters within texts were escaped.
    case controlCharacters
    /// Text beside the object was left out.
    case surroundingText
    case quotedNumber
    case quotedBoolean
    /// A value that should be a list became the one item of a list.
    case loneValue
    /// A null that stood for nothing was left out.
    case null
    /// A null that a server's form of the schema wants for an absent property was left out.
    case absent
    /// A value that a server's form of the schema wants as text was decoded.
    case writtenAsText
  }

  package let kind: Kind
  /// The place as a JSON Pointer (RFC 6901); empty for the arguments as a whole.
  package let pointer: String

  package init(_ kind: Kind, at pointer: String = "") {
    self.kind = kind
    self.pointer = pointer
  }

  /// Whether the model wrote what it was asked for: then the change is no repair, and is made in any case.
  package var isExpected: Bool { kind == .absent || kind == .writtenAsText }

  /// The identifier by which the tolerance is counted.
  package var tolerance: String {
    switch kind {
    case .repeated: "A13"
    case .encodedTwice: "A15"
    case .controlCharacters: "A16"
    case .surroundingText, .quotedNumber, .quotedBoolean, .loneValue, .null: "F26"
    case .absent, .writtenAsText: "E12"
    }
  }

  /// What is wrong with the arguments as they came, for a model whose arguments are not repaired.
  package var refusal: String {
    switch kind {
    case .repeated: "there is more than one object"
    case .encodedTwice: "expected an object, found a string"
    case .controlCharacters: "a control character in a string must be escaped"
    default: "there is text beside the object"
    }
  }

  /// What was changed, in a clause without a period.
  package var description: String { description(of: "the arguments") }

  /// The same of another text than arguments, such as an answer.
  package func description(of whole: String) -> String {
    let place = pointer.isEmpty ? whole : pointer
    return switch kind {
    case .repeated: "\(place) stood there more than once, and were read once"
    case .encodedTwice where pointer.isEmpty: "\(place) were a text that holds JSON, which was decoded"
    case .encodedTwice: "\(place) was a text that holds JSON, which was decoded"
    case .controlCharacters: "\(place) held control characters, which were escaped"
    case .surroundingText: "\(place) had text around them, which was left out"
    case .quotedNumber: "\(place) was a number in quotes, which was read as the number"
    case .quotedBoolean: "\(place) was true or false in quotes, which was read as that"
    case .loneValue: "\(place) was one value, which was read as a list of it"
    case .null: "\(place) was null, which was read as absent"
    case .absent: "\(place) was null, as strict mode wants it of what is absent, and was left out"
    case .writtenAsText: "\(place) was JSON in a text, as the server's schema wants it, and was decoded"
    }
  }
}
