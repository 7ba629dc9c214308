/// The parts of a value by address.
///
/// An array keeps its elements in one place for as long as it lives and is not changed. Both holds for all parts of a value
/// under check, which whoever asked for the check has in hand; so the addresses stay good until it is over.
extension UnsafePointer<JSONValue> {
  /// The elements; nil if the value is no array.
  @inline(__always)
  var elements: UnsafeBufferPointer<JSONValue>? {
    guard case .array(let elements) = pointee else { return nil }
    return elements.withUnsafeBufferPointer { $0 }
  }

  /// The members; nil if the value is no object.
  @inline(__always)
  var members: UnsafeBufferPointer<JSONObject.Member>? {
    guard case .object(let object) = pointee else { return nil }
    return object.members.withUnsafeBufferPointer { $0 }
  }
}

extension UnsafePointer<JSONObject.Member> {
  /// The address of the member's key.
  @inline(__always)
  var key: UnsafePointer<String> {
    let offset = MemoryLayout<JSONObject.Member>.offset(of: \.key) ?? 0
    return UnsafeRawPointer(self).advanced(by: offset).assumingMemoryBound(to: String.self)
  }

  /// The address of the member's value.
  @inline(__always)
  var value: UnsafePointer<JSONValue> {
    let offset = MemoryLayout<JSONObject.Member>.offset(of: \.value) ?? 0
    return UnsafeRawPointer(self).advanced(by: offset).assumingMemoryBound(to: JSONValue.self)
  }
}
