import MartletJSON
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct JSONNumberTests {
  @Test(arguments: [
    "0", "-0", "1", "-1", "1.0", "1e5", "1E5", "1E+5", "1e-5", "0.10", "-0.0", "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "12345678901234567890123", "1e999999999", "0e0",
    "1000000000000000000",
  ])
  func keepsItsSpelling(spelling: String) throws {
    let number = try #require(JSONNumber(spelling: spelling))
    #expect(number.spelling == spelling)
    #expect("\(number)" == spelling)
    #expect(try JSONValue(parsing: spelling) == .number(number))
    #expect(try JSONValue(parsing: "[\(spelling)]").canonicalString() == "[\(spelling)]")
  }

  @Test(arguments: [
    "", " 1", "1 ", "+1", "01", "-", "-01", "1.", ".1", "1e", "1e+", "0x1", "NaN", "Infinity", "1,0", "١", "--1",
    "1.0.0",
  ])
  func refusesWhatIsNoNumber(spelling: String) {
    #expect(JSONNumber(spelling: spelling) == nil)
  }

  @Test func spelledOrMadeTheSameIntegerIsEqual() {
    #expect(JSONNumber(spelling: "42") == JSONNumber(42))
    #expect(JSONNumber(spelling: "9223372036854775808") == JSONNumber(UInt64(1) << 63))
    #expect(JSONNumber(spelling: "-9223372036854775808") == JSONNumber(Int64.min))
    #expect(JSONNumber(spelling: "1.0") != JSONNumber(1))
    #expect(JSONNumber(UInt8.max).spelling == "255")
  }

  @Test(
    arguments: [
      (3.0, "3"), (-0.0, "-0"), (0.1, "0.1"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"), (-2.5, "-2.5"),
      (1e15, "1000000000000000"),
      (0.30000000000000004, "0.30000000000000004"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    ] as [(Double, String)])
  func writesADoubleAsShortlyAsPossible(double: Double, spelling: String) throws {
    let number = try #require(JSONNumber(double))
    #expect(number.spelling == spelling)
    #expect(number.doubleValue?.bitPattern == double.bitPattern || double == 0)
    #expect(JSONNumber(spelling: spelling) == number)
  }

  @Test func onlyFiniteDoublesAreNumbers() {
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(-Double.infinity) == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(Float.infinity) == nil)
    #expect(JSONNumber(Float(0.1))?.spelling == "0.1")
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("0.0", 0), ("0e99999999999999999999", 0), ("1.0", 1), ("1e2", 100), ("-1.5e1", -15),
      ("100e-2", 1),
      ("0.001e3", 1), ("123.4500e2", 12345), ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9223372036854775807.0", .max), ("922337203685477580.7e1", .max), ("1e18", 1_000_000_000_000_000_000),
      ("1000000000000000000000e-21", 1), ("1.5", nil), ("0.1", nil), ("1e-1", nil), ("9223372036854775808", nil),
      ("1e19", nil),
      ("-9223372036854775809", nil), ("1e999999999", nil), ("-1e999999999999999999999999", nil),
      ("1e-999999999999999999999999", nil),
    ] as [(String, Int?)])
  func intValueIsExactOrNil(spelling: String, expected: Int?) throws {
    #expect(try #require(JSONNumber(spelling: spelling)).intValue == expected)
  }

  @Test(
    arguments: [
      ("0.1", 0.1), ("1e308", 1e308), ("1e309", nil), ("-1e309", nil), ("1e999999999", nil), ("1e-400", 0.0),
      ("5e-324", .leastNonzeroMagnitude),
      ("12345678901234567890123", 12345678901234567890123.0), ("9007199254740993", 9007199254740992.0),
    ] as [(String, Double?)])
  func doubleValueIsTheNearestFiniteDouble(spelling: String, expected: Double?) throws {
    #expect(try #require(JSONNumber(spelling: spelling)).doubleValue == expected)
  }

  @Test func randomDoublesReadBackAndAgreeWithFoundation() throws {
    var generator = SeededGenerator(seed: 1)
    let doubles = (0..<2_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
    let numbers = try doubles.map { try #require(JSONNumber($0)) }
    #expect(numbers.map(\.doubleValue) == doubles)
    let text = JSONValue.array(numbers.map(JSONValue.number)).canonicalBytes()
    #expect(try JSONDecoder().decode([Double].self, from: Data(text)) == doubles)
    let foundation = try JSONValue(parsing: [UInt8](JSONEncoder().encode(doubles)))
    #expect(try foundation.decode([Double].self) == doubles)
  }

  @Test func randomSpellingsReadAsFoundationReadsThem() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<1_000 {
      let digits = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        String(Int.random(in: 0...9, using: &generator))
      }
      let spelling =
        "\(Bool.random(using: &generator) ? "-" : "")\(Int.random(in: 0...999, using: &generator)).\(digits.joined())"
        + "e\(Int.random(in: -290...290, using: &generator))"
      let number = try #require(JSONNumber(spelling: spelling))
      let expected = try JSONDecoder().decode([Double].self, from: Data("[\(spelling)]".utf8))[0]
      #expect(number.doubleValue == expected, "\(spelling)")
    }
  }

  /// Numbers in ascending order, each with other spellings of it.
  static let ladder: [[String]] = [
    ["-1e99999999999999999999999", "-10e99999999999999999999998", "-0.1e100000000000000000000000"],
    ["-1e400", "-10.0e399"],
    ["-9223372036854775809", "-9223372036854775809.0"],
    ["-9223372036854775808", "-9223372036854775808e0"],
    ["-1.5", "-15e-1", "-1.50"],
    ["-1", "-1.0"],
    ["-1e-400"],
    ["-1e-99999999999999999999999"],
    ["0", "-0", "0.0", "-0e5", "0e99999999999999999999999"],
    ["1e-99999999999999999999999", "0.1e-99999999999999999999998", "10e-100000000000000000000000"],
    ["1e-99999999999999999999998"],
    ["1e-400", "0.01e-398"],
    ["0.1", "1e-1", "100e-3"],
    ["0.10000000000000000000000000000000001"],
    ["1", "1.0", "1e0", "10e-1", "0.1e1", "0.01E+2", "1.000e-0"],
    ["1.0000000000000000000000000000001"],
    ["10", "1e1", "1.0e1"],
    ["100", "1e2"],
    ["9007199254740992"],
    ["9007199254740993", "9007199254740993.0"],
    ["9223372036854775807", "9223372036854775807.000"],
    ["9223372036854775808", "9.223372036854775808e18"],
    ["1e400", "0.1e401"],
    ["1e99999999999999999"],
    ["1e100000000000000000", "10e99999999999999999"],
    ["1e99999999999999999999999", "10e99999999999999999999998", "0.1e100000000000000000000000"],
    ["1e100000000000000000000000", "10e99999999999999999999999"],
  ]

  @Test func comparesExactlyWhateverTheSpelling() throws {
    let ladder = try Self.ladder.map { try $0.map { try #require(JSONNumber(spelling: $0)) } }
    for (low, ones) in ladder.enumerated() {
      for (high, others) in ladder.enumerated() {
        for one in ones {
          for other in others {
            let expected: JSONNumber.Order = low < high ? .less : low == high ? .equal : .greater
            #expect(JSONNumber.compare(one, other) == expected, "\(one) and \(other)")
            #expect(JSONNumber.isNumericallyEqual(one, other) == (low == high), "\(one) and \(other)")
          }
        }
      }
    }
  }

  @Test func numericallyEqualNumbersHashAlike() throws {
    for spellings in Self.ladder {
      let hashes = try spellings.map { spelling in
        var hasher = Hasher()
        try #require(JSONNumber(spelling: spelling)).hashNumerically(into: &hasher)
        return hasher.finalize()
      }
      #expect(Set(hashes).count == 1, "\(spellings)")
    }
  }

  @Test(arguments: [
    ("1", true), ("1.0", true), ("1.5", false), ("15e-1", false), ("150e-1", true), ("1e300", true), ("1e-300", false),
    ("-0", true),
    ("0.0e-99999999999999999999", true), ("1e99999999999999999999", true), ("1e-99999999999999999999", false),
  ])
  func knowsWhetherItIsIntegral(spelling: String, expected: Bool) throws {
    #expect(try #require(JSONNumber(spelling: spelling)).isInteger == expected)
  }

  @Test func exactIntegersOfEveryWidth() throws {
    let number = try #require(JSONNumber(spelling: "1.28e2"))
    #expect(number.exactInteger(as: Int8.self) == nil)
    #expect(number.exactInteger(as: UInt8.self) == 128)
    #expect(JSONNumber(-1).exactInteger(as: UInt.self) == nil)
    #expect(JSONNumber(spelling: "-1.0")?.exactInteger(as: UInt.self) == nil)
    #expect(JSONNumber(UInt128.max).exactInteger(as: UInt128.self) == .max)
    #expect(JSONNumber(Int128.min).exactInteger(as: Int128.self) == .min)
  }
}
