import MartletJSON
import Testing

@Suite struct WritingTests {
  @Test(
    arguments: [
      (JSONValue.null, "null"), (true, "true"), (false, "false"), (0, "0"), (-12, "-12"), ("", #""""#), ([], "[]"),
      ([:], "{}"),
      ([1, [2, []], [:], 3], "[1,[2,[]],{},3]"),
      (["b": 1, "a": ["x": nil, "y": [true]], "c": "d"], #"{"b":1,"a":{"x":null,"y":[true]},"c":"d"}"#),
      (.number(JSONNumber(Int64.min)), "-9223372036854775808"), (.number(JSONNumber(Int64.max)), "9223372036854775807"),
      (.number(JSONNumber(UInt64.max)), "18446744073709551615"),
    ] as [(JSONValue, String)])
  func writesWithoutWhiteSpace(value: JSONValue, expected: String) {
    #expect(value.canonicalString() == expected)
    #expect(value.canonicalBytes() == Array(expected.utf8))
    #expect("\(value)" == expected)
  }

  @Test func escapesAsShortlyAsPossibleAndNothingElse() {
    let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
    #expect(
      JSONValue.string(controls + "\"\\/\u{7F}é\u{2028}😀").canonicalString()
        == #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
        + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#
        + "\\\"\\\\/\u{7F}é\u{2028}😀\"")
  }

  @Test func escapesAtEveryOffset() {
    for length in 0..<40 {
      for place in 0..<max(length, 1) {
        let before = String(repeating: "x", count: place)
        let after = String(repeating: "y", count: length - place)
        #expect(JSONValue.string(before + "\"\u{1}" + after).canonicalString() == "\"\(before)\\\"\\u0001\(after)\"")
      }
    }
  }

  @Test func aStringOfNothingButControlsIsWrittenWhole() {
    let string = String(repeating: "\u{1}", count: 10_000)
    #expect(JSONValue.string(string).canonicalBytes().count == 60_002)
  }

  @Test func everyPowerOfTenIsWrittenExactly() {
    var power: Int64 = 1
    for _ in 0..<19 {
      for integer in [power, power - 1, -power, 1 - power] {
        #expect(JSONValue.number(JSONNumber(integer)).canonicalString() == String(integer))
      }
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
  }

  @Test func appendsToBytesThatAreThere() {
    var sink = ByteSink()
    sink.append("data: ")
    (["a": 1] as JSONValue).write(to: &sink)
    sink.appendJSONString("é\n")
    #expect(sink.withBytes { String(decoding: $0, as: UTF8.self) } == #"data: {"a":1}"é\n""#)
  }

  @Test func depthCostsTheWriterNoStack() {
    let depth = 10_000
    let value = nested(depth)
    #expect(
      value.canonicalString() == String(repeating: #"[{"a":"#, count: depth / 2) + "0"
        + String(repeating: "}]", count: depth / 2))
    #expect(value == nested(depth))
    #expect(value.hashValue == nested(depth).hashValue)
    #expect(value != nested(depth - 2))
  }

  private func nested(_ depth: Int) -> JSONValue {
    (0..<depth / 2).reduce(JSONValue.number(JSONNumber(0))) { value, _ in [["a": value]] }
  }
}
