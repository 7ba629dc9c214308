public import MartletJSON

/// A part of what a person says: text, an image, a sound or a file.
///
/// ```swift
/// let message = ChatMessage.user([
///   "What's in this image?", .image(url: "https://example.com/image.jpg"), try .image(file: "photo.png"),
/// ])
/// ```
///
/// A server may refuse what its model cannot take: look for a model that is said to see or to hear.
public struct ContentPart: Sendable, Hashable {
  /// How closely a model looks at an image, which costs tokens.
  public struct Detail: RawRepresentable, Sendable, Hashable {
    /// The word on the wire.
    public let rawValue: String

    /// Makes a level of its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The model decides.
    public static let auto = Detail(rawValue: "auto")
    /// A small version of the image.
    public static let low = Detail(rawValue: "low")
    /// The image in tiles, each looked at.
    public static let high = Detail(rawValue: "high")
  }

  /// The form of a sound; the standard knows these two.
  public struct AudioFormat: RawRepresentable, Sendable, Hashable {
    /// The word on the wire.
    public let rawValue: String

    /// Makes a form of its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// RIFF WAVE.
    public static let wav = AudioFormat(rawValue: "wav")
    /// MPEG layer III.
    public static let mp3 = AudioFormat(rawValue: "mp3")
  }

  /// The part as it is sent.
  public let json: JSONValue

  /// Makes a part of its form on the wire, for kinds that have no function here.
  public init(json: JSONValue) { self.json = json }

  /// The bound of an image, a sound or a file: 20 MB before they are written as Base64.
  public static let maximumBytes = 20_000_000

  /// A text.
  public static func text(_ text: String) -> ContentPart {
    ContentPart(json: ["type": "text", "text": .string(text)])
  }

  /// An image that the provider fetches, or that a `data:` URL holds.
  public static func image(url: String, detail: Detail? = nil) -> ContentPart {
    var image: JSONObject = ["url": .string(url)]
    if let detail { image["detail"] = .string(detail.rawValue) }
    return ContentPart(json: ["type": "image_url", "image_url": .object(image)])
  }

  /// An image of these bytes, sent in a `data:` URL.
  ///
  /// - Throws: ``APIError/Code/invalidParameter`` if its first bytes are not those of a PNG, JPEG, GIF or WebP image, or
  ///   if it is larger than ``maximumBytes``.
  public static func image(_ bytes: [UInt8], detail: Detail? = nil) throws(APIError) -> ContentPart {
    try image(bytes, name: "the image", detail: detail)
  }

  /// The image in a local file, sent in a `data:` URL; what it is, its first bytes say and not its name.
  ///
  /// - Throws: ``APIError/Code/invalidParameter`` if it cannot be read, is no PNG, JPEG, GIF or WebP image, or is larger
  ///   than ``maximumBytes``.
  public static func image(file path: String, detail: Detail? = nil) throws(APIError) -> ContentPart {
    try image(LocalFile.bytes(of: path, limit: maximumBytes), name: path, detail: detail)
  }

  /// A sound.
  ///
  /// - Throws: ``APIError/Code/invalidParameter`` if it is larger than ``maximumBytes``.
  public static func audio(_ bytes: [UInt8], format: AudioFormat) throws(APIError) -> ContentPart {
    try checkSize(bytes.count, of: "the sound")
    return ContentPart(json: [
      "type": "input_audio",
      "input_audio": ["data": .string(Base64.encoded(bytes)), "format": .string(format.rawValue)],
    ])
  }

  /// A file, such as a PDF, under a name that the model sees.
  ///
  /// - Throws: ``APIError/Code/invalidParameter`` if it is larger than ``maximumBytes``.
  public static func file(
    _ bytes: [UInt8], name: String, mediaType: String = "application/pdf"
  ) throws(APIError) -> ContentPart {
    try checkSize(bytes.count, of: name)
    let url = Base64.encoded(bytes, after: "data:\(mediaType);base64,")
    return ContentPart(json: ["type": "file", "file": ["filename": .string(name), "file_data": .string(url)]])
  }

  /// A file that the provider has already, by the identifier that it gave it.
  public static func file(id: String) -> ContentPart {
    ContentPart(json: ["type": "file", "file": ["file_id": .string(id)]])
  }

  private static func image(_ bytes: [UInt8], name: String, detail: Detail?) throws(APIError) -> ContentPart {
    try checkSize(bytes.count, of: name)
    guard let type = ImageType(of: bytes) else {
      throw .invalid("messages", "\(name) is no PNG, JPEG, GIF or WebP image: convert it first")
    }
    return image(url: Base64.encoded(bytes, after: "data:\(type.rawValue);base64,"), detail: detail)
  }

  /// How much longer its data is than the text of as many tokens as an image, a sound or a file may take: some 1,000.
  package var excessBytes: Int {
    let data = json["image_url"]?["url"] ?? json["input_audio"]?["data"] ?? json["file"]?["file_data"]
    return data?.stringValue.map { $0.utf8.count - 4_000 } ?? 0
  }

  private static func checkSize(_ count: Int, of name: String) throws(APIError) {
    guard count > maximumBytes else { return }
    throw .invalid("messages", "\(name) holds more than \(maximumBytes) bytes: make it smaller")
  }
}

extension ContentPart: ExpressibleByStringInterpolation {
  /// Makes a text of a literal.
  public init(stringLiteral value: String) { self = .text(value) }
}

/// The kinds of images that models take, by their first bytes.
enum ImageType: String {
  case png = "image/png"
  case jpeg = "image/jpeg"
  case gif = "image/gif"
  case webP = "image/webp"

  /// Reads the signature; nil if it is none of these.
  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
      self = .gif
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webP
    } else {
      return nil
    }
  }
}
