/// Strings that each end with a NUL, in one block.
struct StringVector: Sendable {
  private var bytes: [UInt8] = []
  private var offsets: [Int] = []

  var count: Int { offsets.count }

  mutating func append(_ string: String) {
    offsets.append(bytes.count)
    bytes.append(contentsOf: string.utf8)
    bytes.append(0)
  }

  mutating func append(_ name: String, _ value: String) {
    offsets.append(bytes.count)
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "="))
    bytes.append(contentsOf: value.utf8)
    bytes.append(0)
  }

  /// False if a string has a NUL of its own.
  var isValid: Bool { bytes.count { $0 == 0 } == offsets.count }

  /// The strings from a place on, without their NULs.
  func elements(from first: Int) -> [[UInt8]] {
    offsets[first...].map { offset in Array(bytes[offset...].prefix { $0 != 0 }) }
  }

  /// Lends an array of pointers that ends with a null pointer. Nothing may be written through them.
  func withPointers<R>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R) -> R {
    bytes.withUnsafeBytes { block in
      let start = UnsafeMutableRawPointer(mutating: block.baseAddress)?.assumingMemoryBound(to: CChar.self)
      return withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<CChar>?.self, capacity: offsets.count + 1) {
        pointers in
        for (index, offset) in offsets.enumerated() {
          pointers.initializeElement(at: index, to: start.map { $0 + offset })
        }
        pointers.initializeElement(at: offsets.count, to: nil)
        return body(pointers.baseAddress)
      }
    }
  }
}
