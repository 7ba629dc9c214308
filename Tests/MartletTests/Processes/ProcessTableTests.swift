import Glibc
import Testing

@testable import Martlet

@Suite struct ProcessTableTests {
  private static let rest = " 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "

  @Test(arguments: ["cat", "a b", ") R 1 1 1 (", "((", "))", "\u{1B}[31m\n1 2 3"])
  func nameOfAProcessCannotForgeItsStatus(name: String) throws {
    let text = "4711 (\(name)) S 1 22 333\(Self.rest)987654321 0 0\n"
    let status = try #require(ProcessTable.Status(parsing: Array(text.utf8)))
    #expect(!status.isZombie)
    #expect(status.parent == 1)
    #expect(status.group == 22)
    #expect(status.session == 333)
    #expect(status.startTime == 987_654_321)
  }

  @Test(arguments: [
    "", "1", "1 (x", "1 (x)", "1 (x) S 1 2 3", "1 (x) S a b c\(rest)9 0", "1 (x) S 1 2 99999999999\(rest)9",
  ])
  func malformedStatusIsNone(text: String) {
    #expect(ProcessTable.Status(parsing: Array(text.utf8)) == nil)
  }

  @Test func zombieIsSeenAsSuch() {
    let text = "4711 (x) Z 1 22 333\(Self.rest)9 0 0\n"
    #expect(ProcessTable.Status(parsing: Array(text.utf8))?.isZombie == true)
  }

  @Test func ownStatusIsRight() throws {
    let status = try #require(ProcessTable.status(of: getpid()))
    #expect(status.parent == getppid())
    #expect(status.group == getpgrp())
    #expect(status.session == getsid(0))
    #expect(ProcessTable.allProcesses().contains(getpid()))
    #expect(ProcessTable.status(of: -1) == nil)
  }

  @Test(
    arguments: [
      (
        "Limit  Soft Limit  Hard Limit  Units\nMax file locks            4611  4611  locks     \nMax pending 5 5\n",
        4611
      ),
      ("Max file locks            unlimited            unlimited            locks     \n", nil),
      ("Max file locks\n", nil), ("Max file locks \n", nil), ("Max file locks 99999999999999999999 1", nil), ("", nil),
      ("Max file size 4611 4611 bytes\n", nil),
    ] as [(String, UInt64?)])
  func markIsReadFromTheLimits(text: String, mark: UInt64?) {
    #expect(ProcessTable.mark(parsing: Array(text.utf8)) == mark)
  }

  @Test(arguments: [
    (["A=1"], true), (["A=1", "B=2"], true), (["B=2", "A=1"], true), (["A=1", "B=3"], false), (["A="], false),
    (["=1"], false), (["C=3"], true), (["A=1\0B=2"], false), (["A=12"], false), (["D="], true),
  ])
  func attributionHoldsWhenAllEntriesAreThere(entries: [String], isContained: Bool) {
    let environment = Array("X=A=1\0A=1\0B=2\0D=\0C=3".utf8)
    #expect(
      ProcessTable.environment(environment, contains: entries.map { Array($0.utf8) }) == isContained)
  }

  @Test func emptyEnvironmentContainsNothing() {
    #expect(!ProcessTable.environment([], contains: [Array("A=1".utf8)]))
    #expect(!ProcessTable.environment([0, 0, 0], contains: [Array("A=1".utf8)]))
  }
}
