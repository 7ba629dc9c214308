import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// The Swift code of the guide to a first tool in Swift.
@Suite struct FirstSwiftToolSnippets {
  private let page = Page.named("FirstSwiftTool")
  private let folder: TemporaryFolder

  init() throws { folder = try page.folderOfFiles() }

  struct FindBooks: Tool {
    let name = "find_books"
    let description = "Find books of the library by words of their titles"
    let parameters = JSONSchema.object(
      .required("words", .array("Words of the title", of: .string(minLength: 1), minItems: 1)),
      .optional("language", .string("Any when left out", oneOf: ["en", "de"])),
      .optional("limit", .integer("How many at most", minimum: 1, maximum: 20).defaulting(to: 5)))

    struct Arguments: Decodable, Sendable {
      var words: [String]
      var language: String?
      var limit: Int?
    }

    struct Book: Encodable, Sendable {
      var title: String
      var language: String
      var shelf: Int
    }

    let books: [Book]

    func call(arguments: Arguments) async throws -> [Book] {
      let found = books.filter { book in
        arguments.words.allSatisfy { book.title.lowercased().contains($0.lowercased()) }
          && book.language == arguments.language ?? book.language
      }
      return Array(found.prefix(arguments.limit ?? 5))
    }
  }

  @Test func theAgentFindsBooks() async throws {
    let tool = FindBooks(books: [
      .init(title: "The Birds of Britain", language: "en", shelf: 3),
      .init(title: "Birds of Prey", language: "en", shelf: 7),
    ])
    let agent = try Agent(contentsOf: folder.path + "/library.yaml", tools: [tool])
    let reply = try await agent.run("Do you have books about birds?")
    print(reply.output ?? "")
    #expect(page.shows(reply.output ?? "nothing"))
  }

  @Test func aMistakeOfTheModelIsToldAsShown() async throws {
    let arguments = #"{"words":["birds"],"limit":50,"page":2}"#
    let model = StubModel(.calls((name: "find_books", arguments: arguments)), .text("done"))
    let agent = try Agent(contentsOf: folder.path + "/library.yaml", answering: model, tools: [FindBooks(books: [])])
    let reply = try await agent.run("Books?")
    #expect(page.shows(reply.toolCalls.first?.result ?? "nothing"))
  }

  private func borrow(from connect: @escaping @Sendable () -> [String: Int]?) -> any Tool {
    let borrow = ClosureTool(
      "borrow_book", "Borrow a book for the reader", parameters: .object(.required("title", .string("The exact title")))
    ) { (arguments: [String: String]) in
      guard let database = connect() else { throw ToolError.stopRun("the catalog is closed: start it first") }
      guard let shelf = database[arguments["title"] ?? ""] else {
        throw ToolError.tellModel("there is no such book: use a title that find_books gave")
      }
      return "Take it from shelf \(shelf)."
    }
    return borrow
  }

  @Test(arguments: [
    ("Birds of Prey", "Take it from shelf 7."),
    ("Birds", "error: tool_failed: there is no such book: use a title that find_books gave"),
  ]) func aFailureIsToldToTheModel(title: String, result: String) async throws {
    let model = StubModel(.calls((name: "borrow_book", arguments: #"{"title":"\#(title)"}"#)), .text("done"))
    let tool = borrow { ["Birds of Prey": 7] }
    let agent = try Agent(contentsOf: folder.path + "/library.yaml", answering: model, tools: [tool])
    #expect(try await agent.run("Borrow it").toolCalls.map(\.result) == [result])
  }

  @Test func aFailureEndsTheRun() async throws {
    let model = StubModel(.calls((name: "borrow_book", arguments: #"{"title":"Birds of Prey"}"#)))
    let tool = borrow { nil }
    let agent = try Agent(contentsOf: folder.path + "/library.yaml", answering: model, tools: [tool])
    let error = await #expect(throws: AgentError.self) { try await agent.run("Borrow it") }
    #expect(error?.message.hasSuffix("the catalog is closed: start it first") == true)
  }

  struct Numbers: Decodable, Sendable {
    var a: Double
    var b: Double
  }

  func makeAdder() throws -> Agent {
    try Agent(contentsOf: folder.path + "/adder.yaml", handlers: ["add": ToolHandler { (n: Numbers) in n.a + n.b }])
  }

  @Test func aHandlerAdds() async throws {
    #expect(try await makeAdder().run("What are 1.5 and 2?").output == "3.5")
  }

  @Test func aToolKnowsItsCall() async throws {
    @Sendable func charge(key: String) async throws -> String { key.isEmpty ? "no key" : "paid" }
    let pay = ClosureTool("pay", "Pay the fees of the reader") {
      try await charge(key: ToolContext.current?.idempotencyKey ?? "")
    }
    let model = StubModel(.calls((name: "pay", arguments: "{}")), .text("done"))
    let agent = try Agent(contentsOf: folder.path + "/library.yaml", answering: model, tools: [pay])
    #expect(try await agent.run("Pay").toolCalls.map(\.result) == ["paid"])
  }

  @Test func whatIsRefusedIsShown() throws {
    do {
      let handler = ToolHandler { (n: Numbers) in n.a + n.b }
      _ = try Agent(contentsOf: folder.path + "/adder.yaml", handlers: ["ad": handler])
    } catch {
      print(error)
    }
    let error = #expect(throws: DefinitionError.self) {
      try Agent(contentsOf: folder.path + "/adder.yaml", handlers: ["ad": ToolHandler { 1 }])
    }
    #expect(page.shows("\(try #require(error))".replacing(folder.path + "/", with: "")))
  }
}
