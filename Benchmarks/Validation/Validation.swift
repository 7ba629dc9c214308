import FoundationEssentials
import MartletJSON

/// `validation SCHEMA INSTANCE SECONDS`: checks a parsed value again and again, and prints how often in a second.
@main
struct Validation {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let seconds = Double(arguments[3]) else {
      throw Usage()
    }
    let schema = try JSONSchema(value(arguments[1]))
    let instance = try value(arguments[2])
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    var elapsed = Duration.zero
    repeat {
      for _ in 0..<1_000 {
        guard schema.isValid(instance) else { throw Invalid() }
      }
      count += 1_000
      elapsed = clock.now - start
    } while elapsed < .seconds(seconds)
    print(Int(Double(count) / (elapsed / .seconds(1))))
  }

  private static func value(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  private struct Usage: Error, CustomStringConvertible {
    let description = "usage: validation SCHEMA INSTANCE SECONDS"
  }

  private struct Invalid: Error, CustomStringConvertible {
    let description = "the instance does not fit the schema"
  }
}
