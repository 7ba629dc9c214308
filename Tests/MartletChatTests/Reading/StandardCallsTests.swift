import MartletJSON
import Testing

@testable import MartletChat

/// Many calls in one reply, whose likeness to one another is what the reading of them builds on.
@Suite struct StandardCallsTests {
  /// A call as most servers spell it.
  private static func usual(_ id: String, _ name: String = "f", _ arguments: String = "{}") -> String {
    #"{"id":"\#(id)","type":"function","function":{"name":"\#(name)","arguments":"\#(arguments)"}}"#
  }

  /// The same call in another order, with white space and with the number of its place.
  private static func unusual(_ id: String, _ name: String = "f", _ arguments: String = "{}", at index: Int) -> String {
    #"{"index": \#(index), "function": {"arguments": "\#(arguments)", "name": "\#(name)"}, "id": "\#(id)"}"#
  }

  private static func body(_ calls: [String]) -> [UInt8] {
    let message = #"{"role":"assistant","content":null,"tool_calls":[\#(calls.joined(separator: ","))]}"#
    let choice = #"{"index":0,"message":\#(message),"finish_reason":"tool_calls"}"#
    let usage = #"{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}"#
    return Array(#"{"id":"c","model":"m","choices":[\#(choice)],"usage":\#(usage)}"#.utf8)
  }

  /// Lists of calls that are read at a glance.
  private static let readLists: [(what: String, calls: [String])] = [
    ("one", [usual("a")]),
    ("two of one name", [usual("a"), usual("b")]),
    ("three", [usual("a"), usual("b", "g"), usual("c")]),
    ("an unusual one first", [unusual("a", at: 0), usual("b"), usual("c", "g")]),
    ("an unusual one between", [usual("a"), unusual("b", "g", at: 1), usual("c"), usual("d", "g")]),
    ("an unusual one last", [usual("a"), usual("b"), unusual("c", at: 2)]),
    (
      "unusual from a call's middle on",
      [usual("a"), usual("b").replacing("{}", with: "{}\", \"x\":null, \"name\":\"h")]
    ),
    ("white space between", [usual("a"), " " + usual("b"), "\n" + usual("c") + "\t"]),
    ("names that begin alike", [usual("a", "get"), usual("b", "get_it"), usual("c", "ge"), usual("d", "get")]),
    ("one identifier that is not ASCII", [usual("ä")]),
    ("identifiers with escapes", [usual(#"\u0061"#), usual(#"a\""#), usual("c")]),
    (
      "arguments of all kinds",
      [
        usual("a", "f", #"{\"x\":[1,2.50,true,null]}"#), usual("b", "f", #"{\"x\":\"\\u00e9 \\\"é\\\"\"}"#),
        usual("c", "f", #" {\"x\": {\"y\": {}}} "#), usual("d", "f", #"{\"x\":[1,2.50,true,null]}"#),
      ]
    ),
    ("longer than the first two", [usual("a"), usual("b")] + (0..<40).map { usual("call_\($0)", "tool_\($0)") }),
    ("as many as there may be", (0..<CallSlots.maximumCalls).map { usual("\($0)") }),
  ]

  /// Lists of calls that are for the assembler.
  private static let leftLists: [(what: String, calls: [String])] = [
    ("an identifier that repeats at once", [usual("a"), usual("a")]),
    ("an identifier that repeats far apart", (0..<60).map { usual("\($0)") } + [usual("0")]),
    ("an identifier that repeats in other words", [usual("a"), usual("b"), usual(#"\u0061"#)]),
    ("identifiers that are not ASCII", [usual("ä"), usual("ö")]),
    ("an identifier in two forms", [usual("\u{e9}"), usual("b"), usual("e\u{301}")]),
    ("no identifier", [usual("a"), usual(""), usual("c")]),
    ("no name behind others", [usual("a"), usual("b"), usual("c", "")]),
    ("a name with an escape", [usual("a"), usual("b", #"\u0066"#), usual("c")]),
    ("names that are not ASCII", [usual("a", "größe"), usual("b", "größe"), usual("c", "gro\u{308}ße")]),
    ("a name with a mark of the model", [usual("a"), usual("b", "f<|call|>")]),
    ("arguments that are no object", [usual("a"), usual("b", "f", "[]"), usual("c")]),
    ("arguments that break off", [usual("a"), usual("b"), usual("c", "f", #"{\"x\":"#)]),
    ("a member twice in the arguments", [usual("a"), usual("b", "f", #"{\"x\":1,\"x\":2}"#)]),
    ("a wrong place", [usual("a"), unusual("b", at: 0)]),
    ("a signature", [usual("a"), usual("b").replacing(#""type""#, with: #""signature":"s","type""#)]),
    ("more than there may be", (0...CallSlots.maximumCalls).map { usual("\($0)") }),
  ]

  @Test(arguments: readLists.indices)
  func callsAreReadAsTheAssemblerReadsThem(index: Int) throws {
    let (what, calls) = Self.readLists[index]
    let reply = try #require(StandardReply(Self.body(calls), .init())?.reply, "\(what)")
    #expect(reply.toolCalls.count == calls.count, "\(what)")
    #expect(Readings(Self.body(calls), .init()).areEqual, "\(what)")
  }

  @Test(arguments: leftLists.indices)
  func whatHasToBeDecidedIsLeftToTheAssembler(index: Int) {
    let (what, calls) = Self.leftLists[index]
    #expect(StandardReply(Self.body(calls), .init()) == nil, "\(what)")
    #expect(Readings(Self.body(calls), .init(turn: 3)).areEqual, "\(what)")
  }

  @Test func callsInAnyOrderOfSpellingsAreReadAlike() throws {
    for pattern in 0..<64 {
      let calls = (0..<6).map { index in
        let (id, name, arguments) = ("call_\(index)", index % 3 == 0 ? "f" : "other", #"{\"n\":\#(index)}"#)
        return pattern >> index & 1 == 0
          ? Self.usual(id, name, arguments) : Self.unusual(id, name, arguments, at: index)
      }
      let reply = try #require(StandardReply(Self.body(calls), .init())?.reply, "\(pattern)")
      #expect(reply.toolCalls.map(\.id) == (0..<6).map { "call_\($0)" }, "\(pattern)")
      #expect(reply.toolCalls.map(\.value) == (0..<6).map { ["n": .number(JSONNumber($0))] }, "\(pattern)")
      #expect(Readings(Self.body(calls), .init()).areEqual, "\(pattern)")
    }
  }
}
