import ArgumentParser
import Martlet

/// `--image FILE-or-URL`.
struct ImageOption: ExpressibleByArgument, Equatable {
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
    let scheme = word.firstIndex(of: ":").map { word[..<$0].lowercased() }
    switch scheme {
    case "http", "https", "data":
      if scheme == "data", !word.dropFirst(5).lowercased().hasPrefix("image/") {
        throw ImageError("a data URL of an image begins with data:image/")
      }
      if let problem = ImageURL.problem(word) { throw ImageError(problem) }
      return .image(url: word)
    case "file": throw ImageError("\(word): a file is named by its path, without file:")
    case _ where word.contains("://"):
      throw ImageError("\(word): a URL of an image begins with https://; download it and name the file")
    default: break
    }
    do throws(APIError) {
      return try ContentPart.image(file: word)
    } catch {
      throw ImageError(error.message + (mayMeanURL ? "; a URL begins with https://" : ""))
    }
  }

  /// Whether the path of no file looks like a host and what is there.
  private var mayMeanURL: Bool {
    guard !FilePaths.exists(word), let slash = word.firstIndex(of: "/") else { return false }
    return word[..<slash].contains(".") && word.first != "."
  }
}

/// Why an image cannot go to the model.
struct ImageError: Error {
  let description: String

  init(_ reason: String) { description = "--image: \(reason)" }
}
