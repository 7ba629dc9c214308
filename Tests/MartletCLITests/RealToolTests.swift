import FoundationEssentials
import Martlet
import ProgramSupport
import Testing

/// Tools as others write them, from YAML to the request and back to the arguments: 40 of the Berkeley Function-Calling
/// Leaderboard, which `MARTLET_CONFORMANCE` names the folder of, and two made by hand.
struct RealToolTests {
  private static let file = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map {
    $0 + "/bfcl/tools-openai.jsonl"
  }

  @Test(.enabled(if: file != nil)) func toolsOfTheLeaderboardAreTakenAsTheyAre() async throws {
    let file = try #require(Self.file)
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    let functions = lines.flatMap { $0["tools"]?.arrayValue ?? [] }.compactMap { $0["function"] }
    #expect(functions.count == 40)
    try await Self.check(functions)
  }

  @Test func toolsMadeByHandAreTakenAsTheyAre() async throws {
    try await Self.check([
      [
        "name": "find_flights", "description": "Finds flights: \"cheap\" ones,\nor all",
        "parameters": [
          "type": "object",
          "properties": [
            "to": ["type": "string", "description": "Airport, such as OSL"],
            "class": ["type": "string", "enum": ["economy", "no", "1"]],
            "legs": [
              "type": "array",
              "items": ["type": "object", "properties": ["day": ["type": "integer"]], "required": ["day"]],
            ], "ratio": ["type": "number", "default": 1.0],
          ], "required": ["to", "legs"],
        ],
      ],
      ["name": "now", "description": "The time", "parameters": ["type": "object", "properties": [:]]],
    ])
  }

  private static func check(_ functions: [JSONValue]) async throws {
    let folder = try TemporaryFolder()
    var yaml = "name: a\nmodel: scripted\nscript:\n  - say: hi\ntools:\n"
    var names: [String] = []
    for function in functions {
      // One function may be asked for twice, where an agent's names are its own.
      var name = try #require(function["name"]?.stringValue)
      if names.contains(name) { name += "_\(names.count)" }
      names.append(name)
      let description = try #require(function["description"])
      let parameters = try #require(function["parameters"])
      yaml += "  - name: \(JSONValue.string(name))\n    description: \(description)\n"
      yaml += "    command:\n      - cat\n    parameters:" + Self.yaml(parameters, indent: 6)
    }
    try folder.write("a.yaml", yaml)
    let listing = try await Program.shell("martlet tools a.yaml --json", in: folder.path)
    #expect(listing.status == 0, "\(listing.errors)")
    let tools = try #require(JSONValue(parsing: listing.output).arrayValue)
    #expect(tools.compactMap { $0["function"]?["name"]?.stringValue } == names)
    for (tool, function) in zip(tools, functions) {
      // Members in their order, numbers as they were spelled.
      let parameters = try #require(tool["function"]?["parameters"])
      #expect(parameters == function["parameters"])
      #expect(tool["function"]?["description"] == function["description"])
      try checkArguments(parameters)
    }
    try await checkCall(names[0], functions[0], in: folder)
  }

  /// What fits is accepted, and what differs from it in one place is refused with that place.
  private static func checkArguments(_ parameters: JSONValue) throws {
    let schema = try JSONSchema(parameters, options: .init(checksFormats: true))
    let fitting = try #require(sample(parameters).objectValue)
    #expect(schema.violations(in: .object(fitting)).map(\.message) == [])
    for key in parameters["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
      var broken = fitting
      broken[key] = nil
      let violations = schema.violations(in: .object(broken))
      #expect(violations.map(\.keyword) == ["required"])
      #expect(violations.first?.message.contains(JSONValue.string(key).canonicalString()) == true)
    }
    for (key, property) in zip(fitting.keys, fitting.values) {
      let rule = try #require(parameters["properties"]?[key])
      guard rule["type"] != nil || rule["enum"] != nil else { continue }
      var broken = fitting
      broken[key] = property.boolValue == nil ? true : "yes"
      #expect(schema.violations(in: .object(broken)).map(\.instancePointer).contains("/" + key))
      guard rule["enum"] != nil else { continue }
      broken[key] = "no such value"
      #expect(schema.violations(in: .object(broken)).map(\.keyword) == ["enum"])
    }
  }

  private static func checkCall(_ name: String, _ function: JSONValue, in folder: TemporaryFolder) async throws {
    let parameters = try #require(function["parameters"])
    let arguments = sample(parameters).canonicalString()
    let call = try await Program.shell("martlet call a.yaml \(name) -", in: folder.path, input: arguments)
    #expect(call.output.hasPrefix(arguments))
    let refused = try await Program.shell("martlet call a.yaml \(name) -", in: folder.path, input: "{}")
    #expect(refused.status != 0)
    #expect(refused.errors.contains("lacks the required property"))
  }

  /// A value that fits a schema of the kinds that these tools have.
  private static func sample(_ schema: JSONValue) -> JSONValue {
    if let first = schema["enum"]?[0] { return first }
    switch schema["type"]?.stringValue {
    case "object":
      return .object(JSONObject((schema["properties"]?.objectValue ?? [:]).map { ($0.key, sample($0.value)) }))
    case "array": return [sample(schema["items"] ?? [:])]
    case "integer": return 3
    case "number": return 2.5
    case "boolean": return false
    default: return "a"
    }
  }

  /// A value as a person would write it: blocks, and scalars in quotes.
  private static func yaml(_ value: JSONValue, indent: Int) -> String {
    let margin = "\n" + String(repeating: " ", count: indent)
    switch value {
    case .object(let object) where !object.isEmpty:
      return object.map { "\(margin)\(JSONValue.string($0.key)):" + yaml($0.value, indent: indent + 2) }.joined()
        + (indent == 6 ? "\n" : "")
    case .array(let elements) where !elements.isEmpty:
      return elements.map { "\(margin)-" + yaml($0, indent: indent + 2) }.joined()
    default: return " \(value.canonicalString())"
    }
  }
}
