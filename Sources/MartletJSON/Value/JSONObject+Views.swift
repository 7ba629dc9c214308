/// The keys of an object.
struct KeyView: RandomAccessCollection, Sendable {
  let members: [JSONObject.Member]

  var startIndex: Int { 0 }
  var endIndex: Int { members.count }
  subscript(position: Int) -> String { members[position].key }
}

/// The values of an object.
struct ValueView: RandomAccessCollection, Sendable {
  let members: [JSONObject.Member]

  var startIndex: Int { 0 }
  var endIndex: Int { members.count }
  subscript(position: Int) -> JSONValue { members[position].value }
}
