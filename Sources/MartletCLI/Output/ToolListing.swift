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
    var schema = SchemaWords(tool.parameters)
    let rows = schema.arguments().map { argument in
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
