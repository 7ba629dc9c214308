/// Writes a value in canonical form, with a stack of its own, so that depth costs no stack of the thread.
struct JSONWriter: ~Copyable {
  /// A container that is partly written.
  private enum OpenContainer {
    case array([JSONValue], next: Int)
    case object([JSONObject.Member], next: Int)
  }

  var sink = ByteSink()
  private var containers = MoveStack<OpenContainer>()

  mutating func write(_ value: JSONValue) {
    writeScalarOrOpen(value)
    while let container = containers.popLast() {
      switch container {
      case .array(let elements, let next): writeElements(elements, from: next)
      case .object(let members, let next): writeMembers(members, from: next)
      }
    }
  }

  /// Writes elements up to the first container among them, or to the end.
  private mutating func writeElements(_ elements: [JSONValue], from start: Int) {
    for position in start..<elements.count {
      if position > 0 { sink.append(UInt8(ascii: ",")) }
      if isContainer(elements[position]) {
        containers.push(.array(elements, next: position + 1))
        return writeScalarOrOpen(elements[position])
      }
      writeScalarOrOpen(elements[position])
    }
    sink.append(UInt8(ascii: "]"))
  }

  /// Writes members up to the first one with a container, or to the end.
  private mutating func writeMembers(_ members: [JSONObject.Member], from start: Int) {
    for position in start..<members.count {
      if position > 0 { sink.append(UInt8(ascii: ",")) }
      sink.appendJSONString(members[position].key)
      sink.append(UInt8(ascii: ":"))
      if isContainer(members[position].value) {
        containers.push(.object(members, next: position + 1))
        return writeScalarOrOpen(members[position].value)
      }
      writeScalarOrOpen(members[position].value)
    }
    sink.append(UInt8(ascii: "}"))
  }

  @inline(__always)
  private func isContainer(_ value: JSONValue) -> Bool {
    switch value {
    case .array, .object: true
    default: false
    }
  }

  private mutating func writeScalarOrOpen(_ value: JSONValue) {
    switch value {
    case .null: sink.append("null")
    case .bool(true): sink.append("true")
    case .bool(false): sink.append("false")
    case .number(let number):
      switch number.storage {
      case .integer(let integer): sink.append(integer)
      case .lexeme(let lexeme): sink.append(utf8Of: lexeme)
      }
    case .string(let string): sink.appendJSONString(string)
    case .array(let elements):
      sink.append(UInt8(ascii: "["))
      containers.push(.array(elements, next: 0))
    case .object(let object):
      sink.append(UInt8(ascii: "{"))
      containers.push(.object(object.members, next: 0))
    }
  }
}
