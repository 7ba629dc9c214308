import MartletJSON
import Testing

@testable import MartletChat

@Suite struct RareTests {
  @Test func whatIsEmptyAgainIsAsIfItHadNeverBeenThere() {
    var message = ChatMessage.assistant("hello")
    #expect(message.isPlain)
    message.refusal = "no"
    message.extra["x"] = 1
    #expect(!message.isPlain)
    #expect(message.refusal == "no")
    #expect(message != .assistant("hello"))
    message.refusal = nil
    message.extra["x"] = nil
    #expect(message.isPlain)
    #expect(message == .assistant("hello"))
    #expect(message.hashValue == ChatMessage.assistant("hello").hashValue)
  }

  @Test func aCopyIsNotChangedWithTheOriginal() {
    var call = ChatMessage.ToolCall(id: "1", name: "x", arguments: "{}")
    call.foreign.call["signature"] = "a"
    let copy = call
    call.foreign.call["signature"] = "b"
    #expect(copy.foreign.call["signature"] == "a")
    #expect(call != copy)
  }

  @Test func aMessageShowsWhatIsInIt() {
    var message = ChatMessage.assistant("hello")
    message.refusal = "not that"
    var shown = ""
    dump(message, to: &shown)
    #expect(shown.contains("hello"))
    #expect(shown.contains("not that"))
  }

  @Test func argumentsThatAreChangedAreNoLongerTheObjectThatWasRead() {
    var call = AssembledToolCall(id: "1", name: "x", arguments: "{}")
    call.value = [:]
    call.arguments = "[]"
    #expect(call.value == nil)
  }
}
