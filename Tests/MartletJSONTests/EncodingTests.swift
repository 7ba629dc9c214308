import MartletJSON
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct EncodingTests {
  struct Message: Codable, Equatable {
    enum Role: String, Codable { case user, assistant }

    struct Call: Codable, Equatable {
      var id: String
      var arguments: JSONValue
    }

    var role: Role
    var content: String?
    var calls: [Call]
    var temperature: Double?
  }

  @Test func propertiesKeepTheirOrder() throws {
    let message = Message(
      role: .assistant, calls: [.init(id: "1", arguments: try JSONValue(parsing: #"{"z":1.0,"a":[1e5]}"#))],
      temperature: 0.5)
    let value = try JSONValue(encoding: message)
    #expect(
      value.canonicalString()
        == #"{"role":"assistant","calls":[{"id":"1","arguments":{"z":1.0,"a":[1e5]}}],"temperature":0.5}"#)
    #expect(try value.decode(Message.self) == message)
  }

  @Test func scalarsAreEncodedAtTheTop() throws {
    #expect(try JSONValue(encoding: 1) == 1)
    #expect(try JSONValue(encoding: "a") == "a")
    #expect(try JSONValue(encoding: true) == true)
    #expect(try JSONValue(encoding: 0.5 as Float) == 0.5)
    #expect(try JSONValue(encoding: nil as Int?) == JSONValue.null)
    #expect(try JSONValue(encoding: [1, nil] as [Int?]) == [1, nil])
    #expect(try JSONValue(encoding: [Int]()) == [])
    #expect(try JSONValue(encoding: UInt64.max).canonicalString() == "18446744073709551615")
    #expect(try JSONValue(encoding: [Int128.min]).canonicalString() == "[\(Int128.min)]")
  }

  @Test func membersOfADictionaryAreSorted() throws {
    let dictionary = Dictionary(uniqueKeysWithValues: (0..<100).map { ("k\($0)", $0) })
    let object = try #require(try JSONValue(encoding: ["outer": dictionary])["outer"]?.objectValue)
    #expect(Array(object.keys) == dictionary.keys.sorted())
    for (key, number) in dictionary { #expect(object[key]?.intValue == number) }
    #expect(try JSONValue(encoding: [2: "b", 1: "a"]) == ["1": "a", "2": "b"])
  }

  @Test func lossyNumbersArePassedThroughUnchanged() throws {
    struct Holder: Codable, Equatable {
      var value: JSONValue
      var object: JSONObject
      var number: JSONNumber
      var list: [JSONValue]
    }
    let text = #"{"value":1.00,"object":{"b":-0,"a":12345678901234567890123},"number":1E+2,"list":[1e999,null]}"#
    let holder = try JSONValue(parsing: text).decode(Holder.self)
    #expect(holder.number.spelling == "1E+2")
    #expect(try JSONValue(encoding: holder).canonicalString() == text)
  }

  @Test func aNumberThatIsNotFiniteIsRefusedWithItsPath() throws {
    let error = try #require(throws: EncodingError.self) {
      try JSONValue(encoding: ["a": [1, Double.nan]])
    }
    guard case .invalidValue(_, let context) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == ["a", "Index 1"])
    #expect(context.debugDescription == "JSON has no number nan")
  }

  private struct Handmade: Encodable {
    enum Key: String, CodingKey { case first, nested, list, after, object }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(1, forKey: .first)
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: .nested)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      try container.encodeNil(forKey: .after)
      // The containers interleave; each value keeps the place where its container was made.
      try nested.encode("in", forKey: .object)
      try list.encode(2)
      var inner = list.nestedUnkeyedContainer()
      try list.encodeNil()
      try inner.encode(contentsOf: [3, 4])
      var object = list.nestedContainer(keyedBy: Key.self)
      try object.encode(true, forKey: .after)
      try 5.encode(to: list.superEncoder())
      #expect(list.count == 5)
      try "up".encode(to: container.superEncoder())
      try "keyed".encode(to: container.superEncoder(forKey: .object))
      // Asking again gives the same container.
      var again = encoder.container(keyedBy: Key.self)
      try again.encode(6, forKey: .first)
    }
  }

  @Test func nestedContainersKeepTheirPlaces() throws {
    #expect(
      try JSONValue(encoding: Handmade()).canonicalString()
        == #"{"first":6,"nested":{"object":"in"},"list":[2,[3,4],null,{"after":true},5],"after":null,"super":"up","object":"keyed"}"#
    )
  }

  private struct Silent: Encodable {
    func encode(to encoder: any Encoder) throws {}
  }

  @Test func whatEncodesNothingIsAnEmptyObject() throws {
    #expect(try JSONValue(encoding: Silent()) == [:])
    #expect(try JSONValue(encoding: [Silent()]) == [[:]])
  }

  private struct Undecided: Encodable {
    func encode(to encoder: any Encoder) throws {
      var single = encoder.singleValueContainer()
      try single.encode(1)
      var list = encoder.unkeyedContainer()
      try list.encode(2)
    }
  }

  @Test func twoKindsOfContainerAreRefused() {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Undecided()) }
  }

  private final class Endless: Encodable {
    enum Key: CodingKey { case me }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(self, forKey: .me)
    }
  }

  @Test func endlessNestingIsRefused() {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Endless()) }
  }

  @Test func manyMembersAreEncodedInTheirOrder() throws {
    struct Many: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for number in 0..<5_000 { try container.encode(number, forKey: Name(stringValue: "n\(number)")) }
      }
    }
    struct Name: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    let object = try #require(try JSONValue(encoding: Many()).objectValue)
    #expect(object.map(\.value.intValue) == Array(0..<5_000))
  }

  @Test func foundationEncodesAndDecodesValues() throws {
    let value = try JSONValue(parsing: #"[null,true,1,18446744073709551615,0.5,"text",[],{"a":{"b":[-1]}}]"#)
    let data = try JSONEncoder().encode(value)
    #expect(try JSONValue(parsing: [UInt8](data)) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    #expect(try JSONDecoder().decode(JSONObject.self, from: Data(#"{"a":1}"#.utf8)) == ["a": 1])
    #expect(try JSONDecoder().decode([JSONNumber].self, from: Data("[1]".utf8)) == [JSONNumber(1)])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONObject.self, from: Data("[1]".utf8)) }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([JSONNumber].self, from: Data(#"["1"]"#.utf8)) }
  }

  @Test func otherEncodersRefuseWhatTheyCannotHold() throws {
    let huge = try JSONValue(parsing: "[1e999]")
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(huge) }
    let deep = (0..<200).reduce(JSONValue.null) { value, _ in [value] }
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(deep) }
    let text = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
  }
}
