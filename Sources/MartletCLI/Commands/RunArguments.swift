import Martlet

/// What `martlet run` is asked to do.
struct RunArguments: Equatable, Sendable {
  var agent: String
  var task: [String] = []
  var model: String?
  var baseURL: String?
  var parameters: [ParameterOption] = []
  var images: [ImageOption] = []
  var maxTurns: PositiveCount?
  var maxTotalTokens: PositiveCount?
  var timeout: TimeOption?
  var output: String?
  var json = false
  var events = false
  var explain = false
  var quiet = false
  var verbose = false
  var streams: Bool?

  /// Why they cannot be followed; nil if they can.
  var problem: String? {
    if json, events { return "--json and --events exclude each other" }
    if quiet, verbose { return "--quiet and --verbose exclude each other" }
    if json || events, streams == true { return "--stream is for text: it excludes --json and --events" }
    if explain, json || events || output != nil { return "--explain stands alone: it prints a request" }
    if let baseURL, !baseURL.hasPrefix("https://"), !baseURL.hasPrefix("http://") {
      return "--base-url begins with https:// or http://"
    }
    if baseURL?.hasUserInfo ?? false { return "--base-url holds no user name and no password" }
    if output == "" { return "--output needs the name of a file" }
    return nil
  }
}

extension RunArguments {
  /// Reads the words after `run` where nothing about them is unusual; nil leaves them to the parser, help and mistakes too.
  ///
  /// The parser lays out all options and their help before it looks at the first word, which takes longer than to read the
  /// agent. What is read here means what the parser would find.
  init?(plain words: some Sequence<String>) {
    self.init(agent: "")
    var seen: [String] = []
    var words = words.makeIterator()
    while let word = words.next() {
      if word == "--" {
        while let word = words.next() { task.append(word) }
      } else if word == "-" || !word.hasPrefix("-") {
        task.append(word)
      } else {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = Self.longName(parts[0])
        guard !seen.contains(name) || name == "--set" || name == "--image" else { return nil }
        seen.append(name)
        if parts.count == 1, take(flag: name) { continue }
        guard parts.count == 1 || word.hasPrefix("--"), let value = parts.count == 2 ? parts[1] : words.next(),
          !value.isEmpty, !value.hasPrefix("-"), take(value, of: name)
        else { return nil }
      }
    }
    guard !task.isEmpty, problem == nil else { return nil }
    agent = task.removeFirst()
  }

  private static func longName(_ name: String) -> String {
    switch name {
    case "-o": "--output"
    case "-q": "--quiet"
    case "-v": "--verbose"
    default: name
    }
  }

  private mutating func take(flag name: String) -> Bool {
    switch name {
    case "--json": json = true
    case "--events": events = true
    case "--explain": explain = true
    case "--quiet": quiet = true
    case "--verbose": verbose = true
    case "--stream" where streams == nil: streams = true
    case "--no-stream" where streams == nil: streams = false
    default: return false
    }
    return true
  }

  private mutating func take(_ value: String, of name: String) -> Bool {
    switch name {
    case "--model": model = value
    case "--base-url": baseURL = value
    case "--output": output = value
    case "--max-turns":
      guard let count = PositiveCount(argument: value) else { return false }
      maxTurns = count
    case "--max-total-tokens":
      guard let count = PositiveCount(argument: value) else { return false }
      maxTotalTokens = count
    case "--timeout":
      guard let time = TimeOption(argument: value) else { return false }
      timeout = time
    case "--set":
      guard let parameter = ParameterOption(argument: value) else { return false }
      parameters.append(parameter)
    case "--image":
      guard let image = ImageOption(argument: value) else { return false }
      images.append(image)
    default: return false
    }
    return true
  }
}
