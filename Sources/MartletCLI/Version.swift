import Martlet

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  static var text: String {
    "martlet \(number) (commit \(BuildStamp.commit))\n"
      + LinkedLibraries.versions.map { "\($0.name) \($0.version)" }.joined(separator: "\n")
  }

  /// The text if the command line asks for it, else something short.
  ///
  /// To say its version libcurl loads what it has for directories and mail, which takes longer than the rest of a start.
  static var textIfAskedFor: String { CommandLine.arguments.contains("--version") ? text : number }
}
