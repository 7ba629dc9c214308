import Glibc
import Testing

@testable import MartletCLI

@Suite struct InterruptsTests {
  @Test func f61ASignalThatComesAsTheWorkBeginsCancelsIt() async {
    await #expect(processExitsWith: .success) {
      Interrupts.shared.begin()
      let work = Interrupts.shared.start(
        kill: { exit(2) }, describe: { [] },
        {
          kill(getpid(), SIGTERM)
          while !Task.isCancelled { await Task.yield() }
          return "ended in good order"
        })
      guard try await work.value == "ended in good order", Interrupts.shared.signal == SIGTERM else { exit(3) }
    }
  }
}
