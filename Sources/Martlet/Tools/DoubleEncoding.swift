import MartletJSON

extension JSONValue {
  /// The value with each string decoded that stands where a schema wants an object or a list and is the JSON of one; nil
  /// if there is none.
  func decodingStrings(at violations: [SchemaViolation]) -> JSONValue? {
    var copy = self
    var found = false
    for violation in violations where violation.keyword == "type" {
      let path = violation.instancePointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        .map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
      if copy.decodeString(at: path[...]) { found = true }
    }
    return found ? copy : nil
  }

  /// Decodes the string at the end of a path in its place; false if there is none, or it holds something else.
  private mutating func decodeString(at path: ArraySlice<String>) -> Bool {
    guard let step = path.first else {
      guard let text = stringValue, let inner = try? JSONValue(parsing: text, duplicates: .reject) else { return false }
      guard inner.objectValue != nil || inner.arrayValue != nil else { return false }
      self = inner
      return true
    }
    switch self {
    case .object(var object):
      guard var member = object[step], member.decodeString(at: path.dropFirst()) else { return false }
      object[step] = member
      self = .object(object)
      return true
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index), elements[index].decodeString(at: path.dropFirst())
      else { return false }
      self = .array(elements)
      return true
    default: return false
    }
  }
}
