import Testing

@testable import Martlet

@Suite struct SessionIDTests {
  @Test func timeComesFirstInDigitsThatSort() {
    let nothing = SessionID.make(milliseconds: 0, random: (0, 0))
    #expect(nothing == String(repeating: "0", count: 26))
    #expect(SessionID.make(milliseconds: 33, random: (0, 0)) == "0000000011" + String(repeating: "0", count: 16))
    let most = SessionID.make(milliseconds: .max, random: (.max, .max))
    #expect(most == "7" + String(repeating: "Z", count: 25))
    #expect(
      SessionID.make(milliseconds: 1, random: (0b10010_10011, 0b1_01000)) == "0000000001" + "000000JK" + "00000018")
  }

  @Test func noTwoAreTheSame() async {
    let made = await withTaskGroup { group in
      for _ in 0..<4 { group.addTask { (0..<1_000).map { _ in SessionID.make() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(made.count == 4_000)
    #expect(Set(made).count == 4_000)
    // Those of one process do not look like each other either.
    #expect(Set(made.map { $0.suffix(8) }).count > 3_990)
    #expect(Set(made.map { $0.dropFirst(10).prefix(8) }).count > 3_990)
  }
}
