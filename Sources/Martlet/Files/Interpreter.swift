/// The program that runs a script, as the script's first line names it.
struct Interpreter: Equatable {
  private let script: String
  /// A path, or a name that `env` looks up.
  let program: String

  /// Reads `#!/bin/sh -e` or `#!/usr/bin/env python3`; nil for what is no script, or cannot be read.
  init?(ofScript path: String) {
    guard let bytes = try? FileReading.bytes(of: path, limit: 256), bytes.starts(with: [0x23, 0x21]) else { return nil }
    let line = String(decoding: bytes.dropFirst(2).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let first = words.first else { return nil }
    let named = words.dropFirst().first { !$0.hasPrefix("-") && !$0.utf8.contains(UInt8(ascii: "=")) }
    script = path
    program = FilePaths.name(of: first) == "env" ? named ?? first : first
  }

  /// Why the script cannot be started, as far as looking tells.
  func problem(searchPath: String?) -> (message: String, hint: String?)? {
    if program.utf8.contains(UInt8(ascii: "/")) {
      if FilePaths.isExecutable(program) { return nil }
      return ("`\(script)` needs `\(program)`, which does not exist or is not executable", "install it")
    }
    if FilePaths.program(named: program, searchPath: searchPath) != nil { return nil }
    return ("`\(script)` needs `\(program)`, which is not found in PATH", "install it")
  }
}
