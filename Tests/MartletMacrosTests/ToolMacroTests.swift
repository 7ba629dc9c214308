#if Macros
  import MartletMacros
  import MartletTesting
  import Testing

  /// Forecast the weather of a place.
  ///
  /// - Parameters:
  ///   - place: City name
  ///   - days: How many days
  /// - Returns: What it is like.
  @Tool func getForecast(in place: String, unit: TemperatureUnit = .celsius, _ days: Int? = nil) async throws -> String
  {
    guard place != "Atlantis" else { throw ToolError.tellModel("no such place") }
    return "\(place) \(unit.rawValue) \(days ?? 0)"
  }

  @Tool("tick-tock", strict: true) func tick() {}

  /// Finds an author by an example of one.
  @Tool func findAuthor(like example: Report.Author) -> Report.Author { example }

  struct Library {
    var books: [String]

    /// Finds books.
    @Tool func find(word: String) -> [String] { books.filter { $0.contains(word) } }

    @Tool static func count(_ words: [String]) -> Int { words.count }
  }

  struct Box<Content: Sendable> {
    var content: Content

    @Tool func isFull(atLeast weight: Double = 0.5) -> Bool { weight < 1 }
  }

  actor Counter {
    private var total = 0

    /// Adds to a sum.
    @Tool func add(_ number: Int) -> Int {
      total += number
      return total
    }
  }

  @MainActor final class Screen {
    var lines: [String] = []

    @Tool func show(line: String) { lines.append(line) }
  }

  /// A function as a tool: what the model sees, and what it gets.
  @Suite struct ToolMacroTests {
    private func results(_ tool: any Tool, _ arguments: String...) async throws -> [String] {
      let model = StubModel(arguments.map { .calls((name: tool.name, arguments: $0)) } + [.text("done")])
      let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model, tools: [tool])
      return try await agent.run("go").toolCalls.map { $0.result ?? "" }
    }

    @Test func aFunctionIsATool() async throws {
      #expect(getForecastTool.name == "get_forecast")
      #expect(getForecastTool.description == "Forecast the weather of a place.")
      #expect(!getForecastTool.isStrict)
      #expect(
        getForecastTool.parameters.json.canonicalString()
          == #"{"type":"object","properties":{"place":{"type":"string","description":"City name"},"#
          + #""unit":{"type":"string","enum":["celsius","F"],"description":"How hot it is.\n- celsius: As in Europe.","#
          + #""default":"celsius"},"days":{"type":"integer","description":"How many days"}},"#
          + #""required":["place"],"additionalProperties":false}"#)
    }

    @Test func aModelCallsIt() async throws {
      let model = StubModel(
        .call("get_weather_of", ["place": "Oslo"]), .call("get_forecast", ["place": "Oslo"]),
        .call("get_forecast", ["place": "Rome", "unit": "F", "days": 3]), .call("get_forecast", ["place": "Atlantis"]),
        .call("get_forecast", ["unit": "K"]), .text("done"))
      let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model, tools: [getForecastTool])
      let told = try await agent.run("go").toolCalls.map { $0.result ?? "" }
      #expect(told.count == 5)
      #expect(told[0].hasPrefix("error: unknown_tool"))
      #expect(told[1] == "Oslo celsius 0")
      #expect(told[2] == "Rome F 3")
      #expect(told[3] == "error: tool_failed: no such place")
      #expect(told[4].hasPrefix("error: invalid_arguments"))
    }

    @Test func aNameCanBeGiven() async throws {
      #expect(tickTool.name == "tick-tock")
      #expect(tickTool.isStrict)
      #expect(try await results(tickTool, "{}") == ["done"])
    }

    @Test func anArgumentCanBeOfATypeWithASchema() async throws {
      let author = #"{"name":"Ada","rank":16}"#
      #expect(try await results(findAuthorTool, #"{"example":\#(author)}"#) == [author])
      #expect(try await results(findAuthorTool, #"{"example":{}}"#)[0].contains("/example"))
    }

    @Test func aMethodIsAToolOfItsValue() async throws {
      let library = Library(books: ["Birds of Prey", "Fish"])
      #expect(try await results(library.findTool, #"{"word":"Bird"}"#) == [#"["Birds of Prey"]"#])
      #expect(try await results(Library.countTool, #"{"words":["a","b"]}"#) == ["2"])
    }

    @Test func aMethodOfAGenericTypeIsOneToo() async throws {
      #expect(try await results(Box(content: 1).isFullTool, "{}", #"{"weight":2}"#) == ["true", "false"])
    }

    @MainActor @Test func aMethodOfAnActorIsOneToo() async throws {
      let counter = Counter()
      #expect(try await results(counter.addTool, #"{"number":2}"#, #"{"number":3}"#) == ["2", "5"])
      let screen = Screen()
      #expect(try await results(screen.showTool, #"{"line":"a"}"#) == ["done"])
      #expect(screen.lines == ["a"])
    }
  }
#endif
