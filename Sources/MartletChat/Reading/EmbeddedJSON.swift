package import MartletJSON

/// Finds the JSON that stands in a text: in a code fence, after a sentence, before a remark.
package enum EmbeddedJSON {
  /// The number of values that are looked at in one text.
  static let maximumValues = 64

  /// The objects and arrays of a text that lie in no other, equal ones once.
  ///
  /// None at all where a bracket is not closed: what was cut off has no reading, and neither has what stands in it.
  package static func values(in text: String) -> [JSONValue] {
    var values: [JSONValue] = []
    var rest = text[...]
    var count = 0
    while let start = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }) {
      rest = rest[start...]
      count += 1
      guard count <= maximumValues, let length = JSONExtent(rest).end else { return [] }
      let end = rest.utf8.index(start, offsetBy: length)
      if let value = try? JSONValue(parsing: String(rest[..<end]), duplicates: .reject), !values.contains(value) {
        values.append(value)
      }
      rest = rest[end...]
    }
    return values
  }
}
