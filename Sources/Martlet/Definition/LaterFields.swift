import MartletJSON

/// The shapes of fields whose features are not there yet, for the schema of the format.
enum LaterFields {
  static let permissions: JSONValue = closed([
    ("allow", rules("Calls that run without being asked about")), ("ask", rules("Calls that a person is asked about")),
    ("deny", rules("Calls that never run")),
    ("on_ask", ["enum": ["deny", "fail", "allow"], "description": "What happens where nobody can be asked"]),
  ])

  static let context: JSONValue = closed([
    ("window", ["type": "integer", "minimum": 1, "description": "Tokens that the model can take in"]),
    (
      "compact_at",
      ["type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Share of it at which to compact"]
    ),
  ])

  static let checks: JSONValue = [
    "type": "array",
    "items": closed([
      (
        "command",
        ["type": "array", "items": ["type": "string"], "minItems": 1, "description": "Program and arguments"]
      ),
      ("timeout", ["type": "string", "description": "Time that it may take, such as 10s"]),
    ]),
  ]

  static let sandbox: JSONValue = closed([
    ("mode", ["enum": ["required", "best_effort", "off"], "description": "What happens where it is not available"]),
    ("network", ["type": "boolean", "description": "Whether the program reaches the network"]),
    ("write", ["type": "array", "items": ["type": "string"], "description": "Folders that it may write to"]),
  ])

  private static func rules(_ description: String) -> JSONValue {
    ["type": "array", "items": ["type": "string"], "description": .string(description)]
  }

  private static func closed(_ properties: [(key: String, value: JSONValue)]) -> JSONValue {
    var members = JSONObject()
    for (key, value) in properties { members[key] = value }
    return ["type": "object", "properties": .object(members), "additionalProperties": false]
  }
}
