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
  var message: String {
    let place = SchemaMessages.subject(instancePointer)
    return wording(name.map { SchemaMessages.nameSubject($0, of: place) } ?? place)
  }

  func violation(of schema: CompiledSchema) -> SchemaViolation {
    let schemaPointer = schema.places.pointer(to: node)
    return SchemaViolation(
      instancePointer: instancePointer, schemaPointer: isKeyword ? schemaPointer + "/" + keyword : schemaPointer,
      keyword: keyword, message: message)
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
