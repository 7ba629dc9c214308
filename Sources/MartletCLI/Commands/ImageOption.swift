import ArgumentParser
import Martlet

/// `--image FILE-or-URL`.
struct ImageOption: ExpressibleByArgument {
  let word: String

  /// The bound of all images of a task together, before they are written as Base64.
  static let maximumTotalBytes = 50_000_000

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    word = argument
  }

  /// The images as they go to the model; files are read.
  static func parts(of options: [ImageOption]) throws(ImageError) -> [ContentPart] {
    var parts: [ContentPart] = []
    var total = 0
    for option in options {
      let part = try option.part()
      // Three bytes are four characters.
      total += (part.json["image_url"]?["url"]?.stringValue?.utf8.count ?? 0) / 4 * 3
      if total > maximumTotalBytes {
        throw ImageError("the images hold more than \(maximumTotalBytes) bytes together: send fewer or smaller ones")
      }
      parts.append(part)
    }
    return parts
  }

  private func part() throws(ImageError) -> ContentPart {
    let scheme = word.prefix { $0 != ":" }.lowercased()
    switch scheme {
    case "http", "https": return .image(url: word)
    case "data" where word.dropFirst(5).lowercased().hasPrefix("image/"): return .image(url: word)
    case "data": throw ImageError("a data URL of an image begins with data:image/")
    default: break
    }
    do throws(APIError) {
      return try ContentPart.image(file: word)
    } catch {
      let isThere = FilePaths.isRegularFile(word) || FilePaths.isFolder(word)
      throw ImageError(error.message + (isThere ? "" : "; a URL begins with https://"))
    }
  }
}

/// Why an image cannot go to the model.
struct ImageError: Error {
  let description: String

  init(_ reason: String) { description = "--image: \(reason)" }
}

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
