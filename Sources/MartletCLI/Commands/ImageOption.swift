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
