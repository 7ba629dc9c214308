import Glibc

/// The environment of this process, and what of it a command is given.
package enum ProcessEnvironment {
  /// The environment as it is now.
  package static var current: [String: String] {
    var entries: [String: String] = [:]
    var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        entries[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
      }
      pointer += 1
    }
    return entries
  }

  /// What every command inherits; `LC_*` besides.
  static let inherited = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR"]

  /// What a command is given: the few variables above, those it allows, and those it sets.
  static func forCommand(_ options: CommandDeclaration.Options, from environment: [String: String]) -> [String: String]
  {
    var entries = environment.filter { name, _ in
      inherited.contains(name) || name.hasPrefix("LC_") || options.inherited.contains(name)
    }
    for entry in options.environment { entries[entry.name] = entry.value.value.expanded(with: environment) }
    return entries
  }
}
