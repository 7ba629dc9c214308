import MartletJSON
import Testing

@Suite struct DecodingTests {
  @Test func integersAreExactOrRefused() throws {
    #expect(try decode("255", as: UInt8.self) == 255)
    #expect(try decode("1.0", as: Int.self) == 1)
    #expect(try decode("1e2", as: Int16.self) == 100)
    #expect(try decode("18446744073709551615", as: UInt64.self) == .max)
    #expect(try decode("-9223372036854775808", as: Int64.self) == .min)
    #expect(try decode("\(UInt128.max)", as: UInt128.self) == .max)
    for text in ["256", "-1", "1.5", "1e999999999", "1e-999999999"] {
      #expect(failure(text, as: UInt8.self).kind == .dataCorrupted, "\(text)")
    }
    #expect(failure("-129", as: Int8.self).kind == .dataCorrupted)
    #expect(failure("9223372036854775808", as: Int.self).kind == .dataCorrupted)
  }

  @Test func floatsAreTheNearestFinite() throws {
    #expect(try decode("0.1", as: Double.self) == 0.1)
    #expect(try decode("0.1", as: Float.self) == 0.1)
    #expect(try decode("3", as: Double.self) == 3)
    #expect(failure("1e309", as: Double.self).kind == .dataCorrupted)
    #expect(failure("1e39", as: Float.self).kind == .dataCorrupted)
  }

  @Test func noTypeIsTakenForAnother() {
    #expect(failure("1", as: Bool.self) == .init(kind: .typeMismatch, path: [], text: "expected boolean, found number"))
    #expect(
      failure("true", as: Int.self) == .init(kind: .typeMismatch, path: [], text: "expected number, found boolean"))
    #expect(failure(#""1""#, as: Double.self).kind == .typeMismatch)
    #expect(failure("1", as: String.self).kind == .typeMismatch)
    #expect(failure("{}", as: [Int].self) == .init(kind: .typeMismatch, path: [], text: "expected array, found object"))
    #expect(failure("[]", as: [String: Int].self).kind == .typeMismatch)
    #expect(
      failure("null", as: String.self) == .init(kind: .valueNotFound, path: [], text: "expected string, found null"))
    #expect(failure("null", as: [Int].self).kind == .valueNotFound)
  }

  @Test func errorsSayWhere() {
    struct Outer: Decodable { var list: [Inner] }
    struct Inner: Decodable {
      var name: String
      var age: UInt8?
    }
    #expect(
      failure(#"{"list":[{"name":"a"},{"name":"b","age":300}]}"#, as: Outer.self)
        == .init(kind: .dataCorrupted, path: ["list", "Index 1", "age"], text: "the number 300 does not fit UInt8"))
    #expect(
      failure(#"{"list":[{}]}"#, as: Outer.self)
        == .init(kind: .keyNotFound, path: ["list", "Index 0"], text: #"the object has no member "name""#))
  }

  @Test func optionalsTakeNullAndAbsence() throws {
    struct Sparse: Decodable, Equatable {
      var one: Int?
      var other: Int?
      var list: [Int?]
    }
    #expect(
      try decode(#"{"one":null,"list":[1,null]}"#, as: Sparse.self) == Sparse(one: nil, other: nil, list: [1, nil]))
    #expect(try decode("null", as: Int?.self) == nil)
  }

  private struct Handmade: Decodable {
    enum Key: String, CodingKey { case nested, list, null, missing, object }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      #expect(Set(container.allKeys) == [.nested, .list, .null])
      #expect(container.contains(.null) && !container.contains(.missing))
      #expect(try container.decodeNil(forKey: .null))
      #expect(try !container.decodeNil(forKey: .list))
      let nested = try container.nestedContainer(keyedBy: Key.self, forKey: .nested)
      #expect(try nested.decode(String.self, forKey: .object) == "in")
      #expect(nested.codingPath.map(\.stringValue) == ["nested"])

      var list = try container.nestedUnkeyedContainer(forKey: .list)
      #expect(list.count == 6)
      // A failed attempt does not move on.
      #expect(throws: DecodingError.self) { try list.decode(String.self) }
      #expect(try !list.decodeNil())
      #expect(try list.decode(Int.self) == 1)
      #expect(try list.decodeNil())
      #expect(list.currentIndex == 2)
      var inner = try list.nestedUnkeyedContainer()
      #expect(try inner.decode(Bool.self))
      #expect(inner.isAtEnd)
      #expect(try list.nestedContainer(keyedBy: Key.self).allKeys == [.object])
      #expect(try Int(from: list.superDecoder()) == 5)
      #expect(try list.decode(JSONValue.self) == "last")
      #expect(list.isAtEnd)
      #expect(throws: DecodingError.self) { try list.decode(Int.self) }
      #expect(throws: DecodingError.self) { try list.decodeNil() }

      #expect(try String(from: container.superDecoder()) == "up")
      #expect(try [JSONValue](from: container.superDecoder(forKey: .list)).count == 6)
      #expect(try container.superDecoder(forKey: .missing).singleValueContainer().decodeNil())
    }
  }

  @Test func containersGiveWhatTheyHold() throws {
    let text = #"{"nested":{"object":"in"},"list":[1,null,[true],{"object":0},5,"last"],"null":null,"super":"up"}"#
    _ = try decode(text, as: Handmade.self)
  }

  private class Base: Codable {
    var id = 1
  }

  private final class Derived: Base {
    var name = "n"

    enum Key: CodingKey { case name }

    override init() { super.init() }

    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      name = try container.decode(String.self, forKey: .name)
      try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(name, forKey: .name)
      try super.encode(to: container.superEncoder())
    }
  }

  @Test func classesCodeTheirSuperclass() throws {
    let value = try JSONValue(encoding: Derived())
    #expect(value == ["name": "n", "super": ["id": 1]])
    let decoded = try JSONValue(parsing: #"{"name":"m","super":{"id":7}}"#).decode(Derived.self)
    #expect(decoded.name == "m" && decoded.id == 7)
  }

  @Test func enumsWithPayloadsRoundTrip() throws {
    enum Shape: Codable, Equatable {
      case circle(radius: Double)
      case none
    }
    let shapes = [Shape.circle(radius: 1.5), .none]
    let value = try JSONValue(encoding: shapes)
    #expect(value == [["circle": ["radius": 1.5]], ["none": [:]]])
    #expect(try value.decode([Shape].self) == shapes)
  }

  private struct Tree: Codable {
    var children: [Tree]
  }

  @Test func nestingIsLimited() throws {
    let allowed = (0..<62).reduce(["children": []] as JSONValue) { tree, _ in ["children": [tree]] }
    #expect(try JSONValue(encoding: allowed.decode(Tree.self)) == allowed)
    let tooDeep = (0..<200).reduce(["children": []] as JSONValue) { tree, _ in ["children": [tree]] }
    #expect(throws: DecodingError.self) { try tooDeep.decode(Tree.self) }
    #expect(try tooDeep.decode(JSONValue.self) == tooDeep)
  }

  private func decode<T: Decodable>(_ text: String, as type: T.Type) throws -> T {
    try JSONValue(parsing: text).decode(type)
  }

  private struct Failure: Equatable {
    enum Kind { case typeMismatch, valueNotFound, keyNotFound, dataCorrupted, none }

    var kind: Kind
    var path: [String]
    var text: String
  }

  private func failure<T: Decodable>(_ text: String, as type: T.Type) -> Failure {
    func describe(_ kind: Failure.Kind, _ context: DecodingError.Context) -> Failure {
      Failure(kind: kind, path: context.codingPath.map(\.stringValue), text: context.debugDescription)
    }
    do {
      _ = try decode(text, as: type)
      return Failure(kind: .none, path: [], text: "decoded")
    } catch DecodingError.typeMismatch(_, let context) {
      return describe(.typeMismatch, context)
    } catch DecodingError.valueNotFound(_, let context) {
      return describe(.valueNotFound, context)
    } catch DecodingError.keyNotFound(_, let context) {
      return describe(.keyNotFound, context)
    } catch DecodingError.dataCorrupted(let context) {
      return describe(.dataCorrupted, context)
    } catch {
      return Failure(kind: .none, path: [], text: "\(error)")
    }
  }
}
