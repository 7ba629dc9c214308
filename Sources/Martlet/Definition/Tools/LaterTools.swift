import MartletJSON

/// The kinds of tools that are not there yet, with the shape that they will have.
enum LaterTools {
  static let schemas: [(kind: String, schema: JSONValue)] = [
    ("http", http), ("mcp", mcp), ("agent", agent), ("builtin", builtin),
  ]

  private static let http = schema(
    "http", "A request to a web service for each call", required: ["name", "method", "url"],
    [
      ("name", text("Name that the model calls")), ("description", text("What the tool does, for the model")),
      ("parameters", ["type": "object", "description": "JSON Schema 2020-12 of the arguments"]),
      ("method", ["enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], "description": "Method of the request"]),
      ("url", text("URL, a template")), ("headers", texts("Headers, templates")),
      ("body", ["description": "Body of the request, a template"]),
    ])

  private static let mcp = schema(
    "mcp", "The tools of a Model Context Protocol server", required: ["name"],
    [
      ("name", text("Name of the server, before the names of its tools")), ("command", text("Program of the server")),
      ("args", ["type": "array", "items": ["type": "string"], "description": "Arguments of the program"]),
      ("url", text("URL of a server that runs already")), ("headers", texts("Headers of every request")),
      ("env", texts("Environment variables that are set")),
      ("env_allow", ["type": "array", "items": ["type": "string"], "description": "Variables that pass through"]),
      (
        "tools",
        ["type": "array", "items": ["type": "string"], "description": "The tools that may be used; default all"]
      ),
      ("startup_timeout", text("Time that the server may take to start, such as 20s")),
      ("timeout", text("Time that a call may take")),
    ])

  private static let agent = schema(
    "agent", "Another agent that works on a task", required: ["name", "path"],
    [
      ("name", text("Name that the model calls")), ("description", text("What the agent does, for the model")),
      ("path", text("The agent's file")),
    ])

  private static let builtin = schema(
    "builtin", "A tool that comes with Martlet", required: ["name"],
    [
      (
        "name",
        ["enum": ["read_file", "write_file", "list_files", "fetch_url", "shell"], "description": "Which of them"]
      ),
      ("root", text("Folder that files may be in")),
    ])

  private static func schema(
    _ kind: String, _ description: String, required: [String], _ properties: [(key: String, value: JSONValue)]
  ) -> JSONValue {
    var members: JSONObject = ["type": ["const": .string(kind), "description": "Kind of the tool"]]
    for (key, value) in properties { members[key] = value }
    return [
      "type": "object", "description": .string(description), "x-not-supported-yet": true,
      "properties": .object(members),
      "required": .array((["type"] + required).map { .string($0) }), "patternProperties": ["^x-": true],
      "additionalProperties": false,
    ]
  }

  private static func text(_ description: String) -> JSONValue {
    ["type": "string", "description": .string(description)]
  }

  private static func texts(_ description: String) -> JSONValue {
    ["type": "object", "additionalProperties": ["type": "string"], "description": .string(description)]
  }
}
