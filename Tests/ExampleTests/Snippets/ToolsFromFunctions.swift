#if Macros
  import MartletMacros
  import MartletTesting
  import ProgramSupport
  import Testing

  @Schemable
  enum Language: String, Codable {
    case english = "en"
    /// The readers' own, where there is a translation.
    case german = "de"
  }

  /// Renew a loan of the reader.
  ///
  /// - Parameters:
  ///   - title: The exact title
  ///   - weeks: How much longer, 6 at most
  ///   - language: Of the letter that confirms it
  @Tool
  func renewLoan(of title: String, weeks: Int = 2, language: Language? = nil) async throws -> String {
    guard weeks <= 6 else { throw ToolError.tellModel("a loan lasts 6 weeks longer at most") }
    return "\(title) is due in \(weeks) weeks."
  }

  struct Catalog {
    var titles: [String]

    /// Find books by a word of their titles.
    @Tool func findBooks(word: String) -> [String] { titles.filter { $0.contains(word) } }
  }

  /// A review of a book, for readers who look for one.
  @Schemable
  struct Review: Codable {
    /// The title as it stands on the cover
    var title: String
    var stars: Int?
    var language: Language = .english
    var similar: [Title] = []

    @Schemable
    struct Title: Codable {
      var text: String
      var year: Int
    }
  }

  struct ISBN: Codable, Schemable {
    var text: String

    static var schema: SchemaDocument { .string("13 digits", pattern: "^[0-9]{13}$") }

    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    }
  }

  /// The Swift code of the guide to macros.
  @Suite struct ToolsFromFunctionsSnippets {
    private let page = Page.named("ToolsFromFunctions")
    private let folder: TemporaryFolder

    init() throws { folder = try page.folderOfFiles() }

    @Test func theAgentRenewsALoan() async throws {
      let agent = try Agent(contentsOf: folder.path + "/loans.yaml", tools: [renewLoanTool])
      let reply = try await agent.run("Please renew Birds of Prey")
      print(reply.output ?? "")
      #expect(page.shows(reply.output ?? "nothing"))
    }

    @Test func theSchemaIsTheOneShown() throws {
      let shown = try #require(page.fences.first { $0.language == "text" && $0.text.hasPrefix("{") })
      #expect(try JSONValue(parsing: shown.text).canonicalString() == renewLoanTool.parameters.json.canonicalString())
    }

    @Test func aMethodIsAToolOfItsValue() async throws {
      let catalog = Catalog(titles: ["The Birds of Britain", "Fish"])
      let tools = [catalog.findBooksTool, renewLoanTool]
      let model = StubModel(
        .call("find_books", ["word": "Birds"]), .call("renew_loan", ["title": "a", "weeks": 9]), .text("done"))
      let agent = try Agent(contentsOf: folder.path + "/loans.yaml", answering: model, tools: tools)
      #expect(
        try await agent.run("Find one").toolCalls.map(\.result) == [
          #"["The Birds of Britain"]"#, "error: tool_failed: a loan lasts 6 weeks longer at most",
        ])
    }

    func review(_ book: String) async throws -> Review {
      try await Agent(contentsOf: folder.path + "/reviewer.yaml").run("Review \(book)", as: Review.self)
    }

    @Test func anAnswerIsOfAType() async throws {
      let review = try await review("Fish")
      #expect(review.stars == 4 && review.language == .english && review.similar.map(\.year) == [1987])
    }

    @Test func aTypeOfYourOwnSaysItsSchema() throws {
      let schema = try JSONSchema(.object(.required("isbn", .of(ISBN.self))))
      #expect(schema.isValid(["isbn": "9780000000000"]) && !schema.isValid(["isbn": "97"]))
    }
  }
#endif
