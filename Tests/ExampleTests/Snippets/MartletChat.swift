import MartletChat

/// The Swift code of the first page of the client, compiled only: it asks a provider.
func askAModelAsTheFirstPageShows() async throws {
  let client = ChatClient(provider: .bud, apiKey: "your-key")
  let response = try await client.chat.completions.create(
    model: "llama-3.2-1b", messages: [.user("What is machine learning?")])
  print(response.choices[0].message.content ?? "")
}
