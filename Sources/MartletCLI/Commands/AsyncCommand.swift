import ArgumentParser

/// A command that has tasks.
///
/// What can be done without them is best done in `begin`: as long as libcurl is being loaded, a program's first task and
/// every new thread wait for the dynamic linker.
protocol AsyncCommand: AsyncParsableCommand, Sendable {
  /// Does what needs no tasks; gives what is left to do. The program calls this instead of `run`.
  func begin() -> @Sendable () async throws -> Void
}

extension AsyncCommand {
  func begin() -> @Sendable () async throws -> Void {
    {
      var command = self
      try await command.run()
    }
  }
}
