/// A violation as it was found. Its words are made when it is reported: of what is found while alternatives are compared,
/// hardly anything ever is.
struct SchemaFinding {
  /// A step on the way to a part of the value.
  enum Step: Equatable {
    case key(String)
    case index(Int)
  }

  let path: [Step]
  /// The name under check, where it is that and no part of the value.
  let name: String?
  let node: Int
  let keyword: String
  /// Whether the keyword stands in the schema.
  let isKeyword: Bool
  let wording: (_ subject: String) -> String

  /// What was expected and what was given.
  var message: String { message(at: instancePointer) }

  func violation(of schema: CompiledSchema) -> SchemaViolation {
    let pointer = instancePointer
    let schemaPointer = schema.places.pointer(to: node)
    return SchemaViolation(
      instancePointer: pointer, schemaPointer: isKeyword ? schemaPointer + "/" + keyword : schemaPointer,
      keyword: keyword, message: message(at: pointer))
  }

  private func message(at pointer: String) -> String {
    let place = SchemaMessages.subject(pointer)
    return wording(name.map { SchemaMessages.nameSubject($0, of: place) } ?? place)
  }

  private var instancePointer: String {
    var pointer = ""
    for step in path {
      pointer += "/"
      switch step {
      case .key(let key): pointer += PointerToken.escaping(key)
      case .index(let index): pointer += String(index)
      }
    }
    return pointer
  }
}

extension [SchemaFinding] {
  /// Of places with long names fewer violations are told: all pointers together have so many bytes, but for the last.
  private static var maximumPointerBytes: Int { 64 << 10 }

  /// The violations that are told, at least one of what was found.
  func violations(of schema: CompiledSchema) -> [SchemaViolation] {
    var bytes = 0
    var violations: [SchemaViolation] = []
    for finding in self where bytes < Self.maximumPointerBytes {
      let violation = finding.violation(of: schema)
      bytes += violation.instancePointer.utf8.count + violation.schemaPointer.utf8.count
      violations.append(violation)
    }
    return violations
  }
}
