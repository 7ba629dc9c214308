import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// Calls of functions, and conversations of several turns, over real sockets.
@Suite struct FunctionCallingTests {
  private let weather = ChatTool(
    name: "get_weather", description: "Get current weather for a location",
    parameters: [
      "type": "object",
      "properties": [
        "location": ["type": "string", "description": "City name"],
        "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
      ], "required": ["location"],
    ])

  private func reply(_ message: String, _ reason: String = "stop") -> ScriptedResponse {
    .json(#"{"choices":[{"index":0,"message":\#(message),"finish_reason":"\#(reason)"}]}"#)
  }

  @Test func aCallHasParsedArgumentsInTheModelsOrder() async throws {
    let calling = reply(
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":"#
        + #"{"name":"get_weather","arguments":"{\"unit\": \"celsius\", \"location\": \"Oslo\", \"days\": 1.0}"}}]}"#,
      "tool_calls")
    let server = try LoopbackServer(replies: [calling])
    let response = try await client(server).chat.completions.create(
      model: "m", messages: [.user("Weather in Oslo?")], tools: [weather])
    #expect(response.choices[0].finishReason == .toolCalls)
    let call = try #require(response.choices[0].message.toolCalls?.first)
    #expect(call.id == "call_1")
    #expect(call.function.name == "get_weather")
    let arguments = try call.function.parsedArguments
    #expect(Array(arguments.keys) == ["unit", "location", "days"])
    #expect(arguments["location"] == "Oslo")
    #expect(JSONValue.object(arguments).canonicalString().contains("1.0"))
    let sent = try JSONValue(parsing: server.requests[0].body)
    #expect(sent["tools"]?[0]?["function"]?["parameters"] == weather.parameters)
  }

  @Test(arguments: [
    ("", "{}"), ("null", "{}"), (" ", "{}"), (#""{\"a\":1}""#, #"{"a":1}"#), (#"{"a":1}"#, #"{"a":1}"#),
  ])
  func argumentsThatCanMeanOneObjectOnlyAreRead(text: String, meaning: String) throws {
    let function = ChatMessage.ToolCall(id: "a", name: "f", arguments: text).function
    #expect(JSONValue.object(try function.parsedArguments).canonicalString() == meaning)
  }

  @Test(arguments: ["{", "[1]", "7", "{\"a\":1", "{a:1}", "\"x\"", "{}{\"a\":1}", String(repeating: "[", count: 9_999)])
  func malformedArgumentsAreAnErrorValue(text: String) throws {
    let function = ChatMessage.ToolCall(id: "a", name: "f", arguments: text).function
    do throws(ToolArgumentsError) {
      Issue.record("read as \(try function.parsedArguments)")
    } catch {
      #expect(error.function == "f")
      #expect(error.arguments == text)
      #expect(!error.reason.isEmpty)
      #expect(error.description.hasPrefix("the arguments of f are not a JSON object: "))
    }
  }

  @Test func malformedArgumentsOfAReplyAreNoError() async throws {
    let calling = reply(
      #"{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]}"#,
      "tool_calls")
    let server = try LoopbackServer(replies: [calling])
    let response = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    let call = try #require(response.choices[0].message.toolCalls?.first)
    #expect(throws: ToolArgumentsError.self) { try call.function.parsedArguments }
  }

  /// The messages of the second request begin with those of the first, byte for byte, and hold the reply as it came.
  @Test func aReplyIsAppendedVerbatim() async throws {
    let call =
      #"{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"b\" : 1.50,\"a\":\"é\"}"}}"#
    let assistant = #"{"role":"assistant","content":"Let me see.","tool_calls":[\#(call)]}"#
    let server = try LoopbackServer(replies: [
      reply(assistant, "tool_calls"), reply(#"{"role":"assistant","content":"Sunny"}"#), .answer,
    ])
    let completions = client(server).chat.completions
    var messages: [ChatMessage] = [.system("S"), .user("Weather?")]
    let first = try await completions.create(model: "m", messages: messages, tools: [weather])
    messages.append(first.choices[0].message)
    messages.append(.tool(callID: "call_1", "18 °C"))
    let second = try await completions.create(model: "m", messages: messages, tools: [weather])
    messages.append(second.choices[0].message)
    messages.append(.user("And tomorrow?"))
    _ = try await completions.create(model: "m", messages: messages, tools: [weather])

    let bodies = server.requests.map(\.text)
    #expect(
      bodies[1] == bodies[0].dropLast(2) + "," + assistant
        + #",{"role":"tool","content":"18 °C","tool_call_id":"call_1"}]}"#)
    #expect(
      bodies[2] == bodies[1].dropLast(2)
        + #",{"role":"assistant","content":"Sunny"},{"role":"user","content":"And tomorrow?"}]}"#)
  }
}
