/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text of bytes, written behind a beginning without a copy of either.
  static func encoded(_ bytes: [UInt8], after beginning: String = "") -> String {
    let count = (bytes.count + 2) / 3 * 4
    let start = beginning.utf8.count
    return String(unsafeUninitializedCapacity: start + count) { target in
      for (index, byte) in beginning.utf8.enumerated() { target[index] = byte }
      alphabet.withUnsafeBufferPointer { alphabet in
        bytes.withUnsafeBufferPointer {
          write($0, alphabet, to: UnsafeMutableBufferPointer(rebasing: target[start...]))
        }
      }
      return start + count
    }
  }

  private static func write(
    _ bytes: UnsafeBufferPointer<UInt8>, _ alphabet: UnsafeBufferPointer<UInt8>,
    to target: UnsafeMutableBufferPointer<UInt8>
  ) {
    var position = 0
    var start = 0
    while start < bytes.count {
      let left = bytes.count - start
      let group =
        UInt32(bytes[start]) << 16 | (left > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[start + 2]) : 0)
      target[position] = alphabet[Int(group >> 18)]
      target[position + 1] = alphabet[Int(group >> 12 & 63)]
      target[position + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
      target[position + 3] = left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
      position += 4
      start += 3
    }
  }
}
