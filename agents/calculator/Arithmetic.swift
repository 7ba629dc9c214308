import FoundationEssentials
import Martlet

/// The arguments of the four operations that the file declares.
struct Operands: Decodable, Sendable {
  let a: Exact
  let b: Exact
}

/// A tool that brings its own declaration.
struct SquareRoot: Tool {
  let name = "square_root"
  let description = "The square root of a number, to 15 digits"
  let parameters = JSONSchema.object(.required("x", .number("Not negative")))

  struct Arguments: Decodable, Sendable {
    let x: Double
  }

  func call(arguments: Arguments) throws -> Double {
    guard arguments.x >= 0 else { throw ToolError.tellModel("x is negative: its square root is no real number") }
    return arguments.x.squareRoot()
  }
}

/// A decimal number of up to 38 digits, exactly as the model wrote it: 0.1 is one tenth.
struct Exact: Codable, Sendable {
  let value: Decimal

  init(_ value: Decimal) {
    self.value = value
  }

  /// Reads the digits of the JSON number; what a decimal cannot hold is told to the model.
  init(from decoder: any Decoder) throws {
    let spelling = try JSONNumber(from: decoder).spelling
    let digits = spelling.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber)
    guard digits.count <= 38, let value = Decimal(string: spelling), value.isFinite else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(spelling) has more than 38 digits"))
    }
    self.value = value
  }

  func encode(to encoder: any Encoder) throws {
    try JSONValue(parsing: "\(value)").encode(to: encoder)
  }

  static func + (a: Exact, b: Exact) throws -> Exact { try checked(a.value + b.value) }
  static func - (a: Exact, b: Exact) throws -> Exact { try checked(a.value - b.value) }
  static func * (a: Exact, b: Exact) throws -> Exact { try checked(a.value * b.value) }

  func divided(by other: Exact) throws -> Exact {
    guard other.value != 0 else { throw ToolError.tellModel("b is 0: nothing can be divided by zero") }
    return try Self.checked(value / other.value)
  }

  private static func checked(_ value: Decimal) throws -> Exact {
    guard value.isFinite else { throw ToolError.tellModel("the result is too large or too small for 38 digits") }
    return Exact(value)
  }
}
