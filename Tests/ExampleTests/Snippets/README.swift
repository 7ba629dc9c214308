import Martlet
import MartletChat
import MartletTesting
import ProgramSupport
import Testing

struct Age: Tool {
  let name = "age"
  let description = "The age in years of somebody who was born in a year, at the end of another year"
  let parameters = JSONSchema.object(
    .required("born", .integer("The year of birth")), .required("year", .integer("The other year")))

  struct Arguments: Decodable, Sendable {
    var born: Int
    var year: Int
  }

  func call(arguments: Arguments) throws -> Int {
    guard arguments.born <= arguments.year else { throw ToolError.tellModel("not born before \(arguments.year)") }
    return arguments.year - arguments.born
  }
}

/// The Swift code of the README.
@Suite struct ReadmeSnippets {
  @Test func anAgentRunsWithATool() async throws {
    let folder = try Page.readme.folderOfFiles()
    let agent = try Agent(contentsOf: folder.path + "/ages.yaml", tools: [Age()])
    let reply = try await agent.run("How old was Ada, born in 1815, in 1843?")
    print(reply.output ?? "")
    #expect(reply.output == "28")
  }

  /// Compiled only: it asks a provider.
  func askAModel() async throws {
    let client = ChatClient(provider: .bud, apiKey: "your-key")
    let response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.system("Be brief."), .user("What is machine learning?")], temperature: 0.7)
    print(response.choices[0].message.content ?? "")
  }

  @Test func anAgentIsTested() async throws {
    let model = StubModel(.call("get_weather", ["location": "Oslo"]), .text("Take one."))
    let weather = RecordingTool { _ in "rainy" }
    let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model, recording: ["get_weather": weather])
    let reply = try await agent.run("Umbrella in Oslo?")
    #expect(reply.output == "Take one.")
    #expect(weather.arguments == [["location": "Oslo"]])
  }
}
