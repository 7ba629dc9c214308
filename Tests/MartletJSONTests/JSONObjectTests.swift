import MartletJSON
import Testing

@Suite struct JSONObjectTests {
  @Test func settingReplacesInPlaceAndAppendsWhatIsNew() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = "one"
    object["c"] = 3
    #expect(object.description == #"{"a":"one","b":2,"c":3}"#)
    #expect(object.updateValue(4, forKey: "c") == 3)
    #expect(object.updateValue(5, forKey: "d") == nil as JSONValue?)
    #expect(object["d"] == 5)
  }

  @Test func settingNilRemoves() {
    var object: JSONObject = ["a": 1, "b": 2, "c": 3]
    object["b"] = nil
    object["missing"] = nil
    #expect(object.description == #"{"a":1,"c":3}"#)
    #expect(object.removeValue(forKey: "a") == 1)
    #expect(object.removeValue(forKey: "a") == nil as JSONValue?)
    object["c"] = JSONValue.null
    #expect(object.description == #"{"c":null}"#)
  }

  @Test func ofDuplicateKeysTheLastValueTakesTheFirstPlace() {
    #expect((["a": 1, "b": 2, "a": 3] as JSONObject).description == #"{"a":3,"b":2}"#)
    #expect(JSONObject([("x", 1), ("y", 2), ("x", nil)]).description == #"{"x":null,"y":2}"#)
  }

  @Test func mergingReplacesAndAppends() {
    var object: JSONObject = ["a": 1, "b": 2]
    object.merge(["c": 3, "a": 4])
    #expect(object.description == #"{"a":4,"b":2,"c":3}"#)
  }

  @Test func isACollectionOfItsMembers() {
    let object: JSONObject = ["a": 1, "b": 2]
    #expect(object.count == 2)
    #expect(object[1] == JSONObject.Member(key: "b", value: 2))
    #expect(object.map(\.key) == ["a", "b"])
    #expect(Array(object.keys) == ["a", "b"])
    #expect(Array(object.values) == [1, 2])
    #expect(JSONObject().isEmpty)
  }

  @Test func manyMembersAreFoundReplacedAndRemoved() {
    var object = JSONObject((0..<1_000).map { ("key\($0)", JSONValue(integerLiteral: $0)) })
    for number in 0..<1_000 { #expect(object["key\(number)"]?.intValue == number) }
    #expect(object["key1000"] == nil as JSONValue?)
    for number in stride(from: 0, to: 1_000, by: 2) { object["key\(number)"] = nil }
    object["key3"] = "three"
    object["new"] = true
    #expect(object.count == 501)
    #expect(object["key3"] == "three")
    #expect(object["key998"] == nil as JSONValue?)
    #expect(object["key999"]?.intValue == 999)
    #expect(object["new"] == true)
    #expect(object.map(\.key).prefix(3) == ["key1", "key3", "key5"])
  }

  @Test(arguments: 14...20)
  func lookupSurvivesGrowingAndShrinkingAroundTheIndex(count: Int) {
    var object = JSONObject((0..<count).map { ("k\($0)", .bool(true)) })
    for position in 0..<count { #expect(object["k\(position)"] == true) }
    object["k0"] = nil
    object["k1"] = false
    #expect(object["k0"] == nil as JSONValue?)
    #expect(object["k1"] == false)
    #expect(object["k\(count - 1)"] == true)
    #expect(object.count == count - 1)
  }

  @Test func copiesAreIndependent() {
    let original = JSONObject((0..<30).map { ("k\($0)", .null) })
    var copy = original
    copy["k0"] = 1
    copy["x"] = 2
    #expect(original["k0"] == JSONValue.null)
    #expect(original["x"] == nil as JSONValue?)
  }

  @Test func equalityMindsTheOrderButNotTheHistory() {
    #expect((["a": 1, "b": 2] as JSONObject) != ["b": 2, "a": 1])
    var shrunk = JSONObject((0..<40).map { ("k\($0)", .null) })
    for number in 2..<40 { shrunk["k\(number)"] = nil }
    #expect(shrunk == ["k0": nil, "k1": nil])
    #expect(Set([shrunk, ["k0": nil, "k1": nil]]).count == 1)
  }

  @Test func keysAreCodePoints() {
    let object: JSONObject = ["\u{E9}": 1, "e\u{301}": 2]
    #expect(object.count == 2)
    #expect(object["e\u{301}"] == 2)
    #expect(JSONObject.Member(key: "\u{E9}", value: 1) != JSONObject.Member(key: "e\u{301}", value: 1))
  }
}
