internal import Glibc

/// One header field; two names that differ only in ASCII case are the same name (RFC 9110, section 5.1).
package struct HTTPHeader: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  package static func == (left: HTTPHeader, right: HTTPHeader) -> Bool {
    left.value == right.value && left.isNamed(right.name)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in name.utf8 { hasher.combine(byte.asciiLowercased) }
    hasher.combine(value)
  }

  /// Whether this is the header of that name, in any case.
  package func isNamed(_ other: String) -> Bool {
    name.hasBytes(of: other) { name, other in
      for index in name.indices where name[index].asciiLowercased != other[index].asciiLowercased { return false }
      return true
    }
  }
}

extension HTTPHeader: CustomStringConvertible, CustomReflectable {
  /// The name alone, because the value may be a secret.
  package var description: String { name }

  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// The header fields of a response, in the order in which they came.
package struct HTTPHeaders: Sendable, Hashable {
  package private(set) var fields: [HTTPHeader]

  package init(_ fields: [HTTPHeader] = []) {
    self.fields = fields
  }

  /// The value of the first header of that name, in any case.
  package subscript(name: String) -> String? {
    fields.first { $0.isNamed(name) }?.value
  }

  /// The values of all headers of that name, in any case, in order.
  package func values(of name: String) -> [String] {
    fields.filter { $0.isNamed(name) }.map(\.value)
  }
}

extension String {
  /// Whether the two have the same bytes: `==` takes different spellings of a letter for the same.
  func hasSameBytes(as other: String) -> Bool {
    hasBytes(of: other) { left, right in
      guard let start = left.baseAddress, let otherStart = right.baseAddress else { return true }
      return memcmp(start, otherStart, left.count) == 0
    }
  }

  /// Whether both have as many bytes, which compare as equal.
  @inline(__always)
  fileprivate func hasBytes(
    of other: String, _ areEqual: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    if utf8.count != other.utf8.count { return false }
    var (left, right) = (self, other)
    return left.withUTF8 { left in right.withUTF8 { right in areEqual(left, right) } }
  }
}

extension UInt8 {
  var asciiLowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}
