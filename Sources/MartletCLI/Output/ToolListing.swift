import Martlet
import MartletJSON

/// A tool as people read it: its name, what runs it, what it does, its arguments.
struct ToolListing {
  let tool: ToolDeclaration

  func text(on console: Console) -> String {
    let width = console.isTerminal ? console.width : .max
    let name = console.styled(tool.name.value.escapedForTerminal, .bold)
    var text = "\(name)  \(console.styled("(\(executor), \(tool.effect.rawValue))", .dim))\n"
    for line in tool.description.escapedForTerminalKeepingLines.split(separator: "\n") {
      text += "  " + String(line).wrapped(to: width, indent: 2) + "\n"
    }
    let rows = tool.parameters.arguments.map { argument in
      let words = [argument.type, argument.isRequired ? "required" : nil].compactMap { $0 }.joined(separator: ", ")
      return [argument.name, words, argument.description].map(\.escapedForTerminal)
    }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let head = "    " + row[0].padded(to: widths[0]) + "  " + row[1].padded(to: widths[1]) + "  "
      text += (head + row[2].wrapped(to: width, indent: head.count)).trimmedEnd + "\n"
    }
    return text
  }

  private var executor: String {
    switch tool.kind {
    case .command(let command): "runs \(command.program.value.escapedForTerminal)"
    case .handler: "Swift code"
    }
  }
}

extension ToolDeclaration {
  /// The tool as it stands in a request.
  var wire: JSONValue {
    ToolSpecification(name: name.value, description: description, parameters: parameters).chatTool.wire
  }
}

extension JSONSchema {
  fileprivate struct Argument {
    let name: String
    let type: String
    let isRequired: Bool
    let description: String
  }

  /// The properties of the schema, in its order.
  fileprivate var arguments: [Argument] {
    let required = Set(document["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    return (document["properties"]?.objectValue ?? [:]).map { property in
      Argument(
        name: property.key, type: property.value.typeInWords, isRequired: required.contains(property.key),
        description: property.value["description"]?.stringValue ?? "")
    }
  }
}

extension JSONValue {
  /// The type of the values that a schema allows, in a few words.
  fileprivate var typeInWords: String {
    if let values = self["enum"]?.arrayValue {
      return values.map { $0.stringValue ?? $0.canonicalString() }.joined(separator: " | ")
    }
    if let value = self["const"] { return value.stringValue ?? value.canonicalString() }
    if let schemas = self["anyOf"]?.arrayValue ?? self["oneOf"]?.arrayValue, schemas.count <= 4 {
      return schemas.map(\.typeInWords).joined(separator: " or ")
    }
    let types = self["type"]?.arrayValue?.compactMap(\.stringValue) ?? [self["type"]?.stringValue ?? "any value"]
    var words = types.joined(separator: " or ")
    if types == ["array"], let items = self["items"] { words = "list of \(items.typeInWords)" }
    switch (self["minimum"]?.canonicalString(), self["maximum"]?.canonicalString()) {
    case (let low?, let high?): words += " \(low) to \(high)"
    case (let low?, nil): words += " from \(low)"
    case (nil, let high?): words += " up to \(high)"
    case (nil, nil): break
    }
    return words
  }
}

extension String {
  /// The text in lines of at most `width` columns, broken between words, all but the first of them indented.
  fileprivate func wrapped(to width: Int, indent: Int) -> String {
    let room = max(20, width - indent)
    var text = ""
    var column = 0
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      if column > 0, column + 1 + word.count > room {
        text += "\n" + String(repeating: " ", count: indent)
        column = 0
      } else if column > 0 {
        text += " "
        column += 1
      }
      text += word
      column += word.count
    }
    return text
  }

  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  fileprivate var trimmedEnd: String {
    var copy = self[...]
    while copy.last == " " { copy.removeLast() }
    return String(copy)
  }
}
