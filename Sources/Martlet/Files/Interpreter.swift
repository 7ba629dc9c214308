/// The program that runs a script, as the script's first line names it.
struct Interpreter: Equatable {
  private let script: String
  /// A path, or a name that `env` looks up.
  let program: String

  /// Reads `#!/bin/sh -e` or `#!/usr/bin/env python3`; nil for what is no script, or cannot be read.
  init?(ofScript path: String) {
    guard let bytes = try? FileReading.bytes(of: path, limit: 256), bytes.starts(with: [0x23, 0x21]) else { return nil }
    let line = String(decoding: bytes.dropFirst(2).prefix { $0 != 0x0A }, as: UTF8.self)
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first else { return nil }
    script = path
    guard FilePaths.name(of: first) == "env" else {
      program = first
      return
    }
    // With options or variables before it the name is not sure, and `env` itself is there.
    let rest = words.dropFirst(words.dropFirst().first == "-S" ? 2 : 1)
    guard let named = rest.first, !named.hasPrefix("-"), !named.contains("=") else { return nil }
    program = named
  }

  /// Why the script cannot be started, as far as looking tells.
  func problem(searchPath: String?) -> (message: String, hint: String?)? {
    if program.utf8.contains(UInt8(ascii: "/")) {
      if FilePaths.isExecutable(program) { return nil }
      if program.hasSuffix("\r") {
        return ("`\(script)` has the line ends of Windows", "save it with line feeds alone")
      }
      return ("`\(script)` needs `\(program)`, which does not exist or is not executable", "install it")
    }
    if FilePaths.program(named: program, searchPath: searchPath) != nil { return nil }
    if program.hasSuffix("\r") { return ("`\(script)` has the line ends of Windows", "save it with line feeds alone") }
    return ("`\(script)` needs `\(program)`, which is not found in PATH", "install it")
  }
}
