import Martlet

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  static var text: String {
    "martlet \(number) (commit \(BuildStamp.commit))\n"
      + LinkedLibraries.versions.map { "\($0.name) \($0.version)" }.joined(separator: "\n")
  }
}
