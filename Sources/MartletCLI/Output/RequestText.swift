extension String {
  /// A request with its longest parts, the Base64 of images, shortened for people who read it.
  var withShortData: String {
    let marker = Array(";base64,".utf8)
    var rest = Array(utf8)[...]
    var text: [UInt8] = []
    while let semicolon = rest.firstIndex(of: marker[0]) {
      text += rest[..<semicolon]
      rest = rest[semicolon...]
      guard rest.starts(with: marker) else {
        text.append(rest.removeFirst())
        continue
      }
      text += marker
      rest = rest.dropFirst(marker.count)
      let data = rest.prefix { Self.isBase64($0) }
      text += data.count > 120 ? data.prefix(40) + Array("… (\(data.count) characters)".utf8) : data
      rest = rest.dropFirst(data.count)
    }
    return String(decoding: text + rest, as: UTF8.self)
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}
