public import MartletJSON

/// Swift code that a model can call.
///
/// ```swift
/// struct GetWeather: Tool {
///   let name = "get_weather"
///   let description = "Get current weather for a location"
///   let parameters = JSONSchema.object(.required("location", .string("City name")))
///   struct Arguments: Decodable, Sendable { var location: String }
///
///   func call(arguments: Arguments) async throws -> String {
///     "61 °F and foggy in \(arguments.location)"
///   }
/// }
///
/// let agent = try Agent(contentsOf: "agents/weather.yaml", tools: [GetWeather()])
/// ```
///
/// Several calls may run at the same time, so that a tool is `Sendable`. What the call is, besides its arguments, is in
/// ``ToolContext/current``.
public protocol Tool: Sendable {
  /// What the arguments are decoded into; a `JSONValue` takes them as they are, ``NoArguments`` takes none.
  associatedtype Arguments: Decodable & Sendable
  /// What a call gives.
  associatedtype Output: Encodable & Sendable

  /// The name that the model calls, `[A-Za-z0-9_-]{1,64}`.
  var name: String { get }
  /// What the tool does, for the model.
  var description: String { get }
  /// The schema of the arguments, an object; arguments that break it never reach the tool.
  var parameters: SchemaDocument { get }
  /// Whether a server that can should hold the model to the schema word for word; false unless the tool says so.
  ///
  /// It is what `strict: true` is in an agent's file: a schema that strict mode cannot say is sent without it.
  var isStrict: Bool { get }

  /// Does the work of one call.
  ///
  /// The model reads a text as it is and everything else as canonical JSON, up to 32,768 bytes: of more it reads
  /// the beginning and the end.
  ///
  /// A call is canceled when the run is; the run ends when the call has returned. Throw ``ToolError/tellModel(_:)`` for a
  /// failure that the model should know of, ``ToolError/stopRun(_:)`` for one that ends the run; any other error ends the
  /// run too.
  func call(arguments: Arguments) async throws -> Output
}

/// The arguments of a tool that takes none.
public struct NoArguments: Codable, Sendable {
  /// Makes no arguments.
  public init() {}
}

extension Tool {
  /// The model is held to the schema as the provider has it.
  public var isStrict: Bool { false }
}

extension Tool where Arguments == NoArguments {
  /// An object without properties.
  public var parameters: SchemaDocument { .object() }
}

/// A closure as a tool.
///
/// ```swift
/// struct Numbers: Decodable, Sendable { var a: Double; var b: Double }
/// let schema = JSONSchema.object(.required("a", .number()), .required("b", .number()))
/// let add = ClosureTool("add", "Add two numbers", parameters: schema) { (n: Numbers) in n.a + n.b }
/// ```
public struct ClosureTool<Arguments: Decodable & Sendable, Output: Encodable & Sendable>: Tool {
  /// The name that the model calls.
  public let name: String
  /// What the tool does, for the model.
  public let description: String
  /// The schema of the arguments.
  public let parameters: SchemaDocument
  /// Whether a server that can should hold the model to the schema word for word.
  public let isStrict: Bool
  private let body: @Sendable (Arguments) async throws -> Output

  /// Makes a tool of a closure.
  public init(
    _ name: String, _ description: String, parameters: SchemaDocument, strict: Bool = false,
    _ body: @escaping @Sendable (_ arguments: Arguments) async throws -> Output
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.isStrict = strict
    self.body = body
  }

  /// Makes a tool without arguments of a closure.
  public init(
    _ name: String, _ description: String, _ body: @escaping @Sendable () async throws -> Output
  ) where Arguments == NoArguments {
    self.init(name, description, parameters: .object()) { _ in try await body() }
  }

  /// Calls the closure.
  public func call(arguments: Arguments) async throws -> Output { try await body(arguments) }
}

extension ClosureTool where Output == String {
  /// Makes a tool of a closure that gives nothing: the model reads `done`.
  public init(
    _ name: String, _ description: String, parameters: SchemaDocument, strict: Bool = false,
    _ body: @escaping @Sendable (_ arguments: Arguments) async throws -> Void
  ) {
    self.init(name, description, parameters: parameters, strict: strict) { arguments in
      try await body(arguments)
      return "done"
    }
  }

  /// Makes a tool of a closure that neither takes nor gives anything: the model reads `done`.
  public init(
    _ name: String, _ description: String, _ body: @escaping @Sendable () async throws -> Void
  ) where Arguments == NoArguments {
    self.init(name, description, parameters: .object()) { (_: NoArguments) in try await body() }
  }
}

/// Swift code for a tool whose name, description and parameters stand in the agent's file.
///
/// ```swift
/// let agent = try Agent(
///   contentsOf: "agents/calculator.yaml",
///   handlers: ["add": ToolHandler { (n: Numbers) in n.a + n.b }])
/// ```
public struct ToolHandler: Sendable {
  package let executor: any ToolExecutor

  /// Makes a handler of a closure; its failures mean what they mean in ``Tool/call(arguments:)``.
  public init<Arguments: Decodable & Sendable, Output: Encodable & Sendable>(
    _ body: @escaping @Sendable (_ arguments: Arguments) async throws -> Output
  ) {
    executor = SwiftTool(body)
  }

  /// Makes a handler of a closure that takes no arguments.
  public init<Output: Encodable & Sendable>(_ body: @escaping @Sendable () async throws -> Output) {
    executor = SwiftTool { (_: NoArguments) in try await body() }
  }

  /// Makes a handler of a closure that gives nothing: the model reads `done`.
  public init<Arguments: Decodable & Sendable>(
    _ body: @escaping @Sendable (_ arguments: Arguments) async throws -> Void
  ) {
    executor = SwiftTool { (arguments: Arguments) in
      try await body(arguments)
      return "done"
    }
  }
}
