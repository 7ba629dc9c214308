import Martlet
import ProgramSupport
import Testing

/// The Swift code of the guide to answers that fit a schema.
@Suite struct StructuredOutputSnippets {
  private let folder: TemporaryFolder

  init() throws { folder = try Page.named("StructuredOutput").folderOfFiles() }

  @Test func theAnswerIsAType() async throws {
    struct Book: Decodable {
      var title: String
      var year: Int
    }

    let agent = try Agent(contentsOf: folder.path + "/books.yaml")
    let book = try await agent.run("Birds of Britain, 1862", as: Book.self)
    print(book.title, book.year)
    #expect(book.year == 1862)
  }

  private struct Book: Decodable {
    var title: String
    var year: Int
  }

  @Test func aRejectedAnswerIsHeldByTheError() async throws {
    let agent = try Agent(contentsOf: folder.path + "/books.yaml")
    let schema = JSONSchema.object(.required("title", .string()), .required("year", .integer(minimum: 1450)))
    do {
      let book = try await agent.run("Nothing to read", as: Book.self, schema: schema)
      print(book.title)
    } catch {
      print(error.code, error.answer ?? "")
    }
    let error = await #expect(throws: AgentError.self) { try await agent.run("Nothing to read", as: Book.self) }
    #expect(error?.answer == "I see no book here.")
  }
}
