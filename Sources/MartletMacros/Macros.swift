#if Macros
  @_exported public import Martlet

  /// Writes the schema of a type from its properties or cases, and makes it `Schemable`.
  ///
  /// ```swift
  /// /// A report about a document.
  /// @Schemable
  /// struct Report: Codable {
  ///   /// The title as it stands on the first page.
  ///   var title: String
  ///   var pages: Int?
  ///   var language = "en"
  /// }
  /// ```
  ///
  /// Doc comments become descriptions. A property that is optional, or has a value to begin with, may be absent; of a
  /// `Decodable` type that has such a value the macro writes `init(from:)` too, because the one that the compiler writes
  /// wants the property to be there. Names in JSON are those of the type's `CodingKeys`. Of an enumeration the schema is
  /// that of its raw values or, without any, of the objects that the compiler encodes its cases as.
  ///
  /// The types of properties have to be `Schemable` themselves: texts, numbers, booleans, `JSONValue`, optionals, lists
  /// and dictionaries of such, and types with this macro are. A type within itself is any value.
  @attached(extension, conformances: Schemable, names: named(schema), named(CodingKeys), named(init(from:)))
  public macro Schemable() = #externalMacro(module: "MartletMacroPlugin", type: "SchemableMacro")

  /// Makes a tool of a function, beside it and with `Tool` after its name.
  ///
  /// ```swift
  /// /// Get current weather for a location.
  /// /// - Parameter location: City name
  /// @Tool
  /// func getWeather(location: String, unit: Unit = .celsius) async throws -> String { … }
  ///
  /// let agent = try Agent(contentsOf: "agents/weather.yaml", tools: [getWeatherTool])
  /// ```
  ///
  /// The model calls it `get_weather`, unless the macro is given another name. The doc comment describes the tool and its
  /// arguments, which have the names that the comment knows them by: those inside the function. An argument that is
  /// optional or has a default may be absent. What the function throws means what it means in a tool's
  /// `call(arguments:)`.
  ///
  /// - Parameters:
  ///   - name: The name that the model calls, `[A-Za-z0-9_-]{1,64}`.
  ///   - strict: Whether a server that can should hold the model to the schema word for word.
  @attached(peer, names: suffixed(Tool))
  public macro Tool(_ name: String? = nil, strict: Bool = false) =
    #externalMacro(module: "MartletMacroPlugin", type: "ToolMacro")
#endif
