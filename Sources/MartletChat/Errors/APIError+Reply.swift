package import MartletJSON

/// Errors as servers write them: in an object, a list of objects, a string or a page of HTML.
extension APIError {
  /// Reads the error in a reply or chunk; nil if there is none.
  package init?(reply: JSONValue) {
    let value = reply.arrayValue?.first ?? reply
    guard let object = value.objectValue else { return nil }
    if let error = object["error"] {
      switch error {
      case .object(let members) where !members.isEmpty: self.init(members: members, envelope: object)
      case .string(let text) where !text.isEmpty: self.init(members: ["message": .string(text)], envelope: object)
      default: return nil
      }
      return
    }
    // `{"object":"error","message":…}`, `{"detail":…}`: an error without an envelope.
    let isError = object["object"]?.stringValue == "error" || object["type"]?.stringValue == "error"
    guard object["choices"] == nil, isError || object["message"] != nil || object["detail"] != nil else { return nil }
    self.init(members: object, envelope: object)
  }

  /// Makes the error of a response whose status says failure.
  package init(status: Int, body: [UInt8], headers: ResponseFacts = ResponseFacts()) {
    if let value = LenientJSON.parse(body)?.value, let error = APIError(reply: value) {
      self = error
      classify(status: status)
    } else if let encoding = headers.contentEncoding {
      self.init(code: .server, statusCode: status, message: Self.encoded(encoding))
      classify(status: status)
    } else {
      self.init(code: .server, statusCode: status, message: Self.message(of: status, body))
      isPage = Self.isMarkup(body)
      classify(status: status)
    }
    add(headers)
  }

  /// Makes the error of a successful response that holds no chat-completions reply.
  package static func notAReply(_ body: [UInt8]) -> APIError {
    var error = notAReply(because: startInWords(body) ?? "an empty body")
    error.isPage = isMarkup(body)
    return error
  }

  private static func notAReply(because reason: String) -> APIError {
    var error = APIError(
      code: .invalidReply, message: "the server's answer is not an OpenAI-compatible reply; \(reason)",
      isRetryable: true)
    error.retryLimit = 1
    error.isNoReply = true
    return error
  }

  /// The error, with the encoding of a body of which nothing could be read.
  package func naming(encoding: String?) -> APIError {
    guard isNoReply, let encoding else { return self }
    var error = self
    error.message = Self.notAReply(because: Self.encoded(encoding)).message
    return error
  }

  private static func encoded(_ encoding: String) -> String {
    "its body is encoded as \(encoding), which was not asked for"
  }

  /// Makes the error of a reply that broke off before its end.
  package static func cut(_ what: String) -> APIError {
    APIError(code: .invalidReply, message: "the reply broke off \(what)", isRetryable: true)
  }

  /// Adds what the response's headers say.
  package mutating func add(_ facts: ResponseFacts) {
    requestID = facts.requestID ?? requestID
    if let delay = facts.retryAfter ?? RetryAfter.delay(in: message) ?? retryAfter { retryAfter = delay }
  }

  private init(members: JSONObject, envelope: JSONObject) {
    let text = members["message"]?.stringValue ?? members["detail"]?.stringValue ?? members["msg"]?.stringValue
    let fallback = Self.withoutText(members)
    let origin = Self.original(in: members["metadata"]?["raw"]).map { ": " + $0 } ?? ""
    self.init(code: .server, message: (text ?? fallback) + origin)
    hasStandardForm = envelope["error"]?.objectValue != nil && text != nil
    type = Self.word(members["type"]) ?? Self.word(members["status"])
    serverCode = Self.word(members["code"])
    param = Self.word(members["param"])
    requestID = Self.word(envelope["request_id"])
    if let generation = members["failed_generation"]?.stringValue {
      failedGeneration = String(decoding: generation.utf8.prefix(64 << 10), as: UTF8.self)
    }
    retryAfter = RetryAfter.delay(inDetails: members["details"]) ?? RetryAfter.delay(in: message)
    let numbers = [members["code"], members["status_code"], members["status"], envelope["code"], envelope["status"]]
    classify(status: numbers.lazy.compactMap(Self.status).first ?? ErrorWords.status(serverCode, type))
  }

  /// An error that says nothing in words: the list or object in their place, or else all that it has.
  private static func withoutText(_ members: JSONObject) -> String {
    for value in [members["message"], members["detail"]] {
      switch value {
      case .object(let inner)? where !inner.isEmpty: return JSONValue.object(inner).canonicalString()
      case .array(let inner)? where !inner.isEmpty: return JSONValue.array(inner).canonicalString()
      default: continue
      }
    }
    var known = JSONObject()
    for member in members where !member.value.isNull { known[member.key] = member.value }
    return known.isEmpty ? "an error without a message" : JSONValue.object(known).canonicalString()
  }

  /// What the provider behind a router said, which the router hands on in a text of its own.
  private static func original(in raw: JSONValue?) -> String? {
    guard let text = raw?.stringValue, !text.isEmpty else { return nil }
    let value = try? JSONValue(parsing: text)
    return value?["error"]?["message"]?.stringValue ?? value?["message"]?.stringValue ?? text
  }

  private static func message(of status: Int, _ body: [UInt8]) -> String {
    guard let start = startInWords(body) else { return "the server answered with status \(status) and an empty body" }
    if !isText(body) { return start }
    return Excerpt.of(body, bytes: isMarkup(body) ? 200 : maximumMessageBytes)
  }

  /// How a body begins that nothing could be made of; nil if there is nothing in it.
  private static func startInWords(_ body: [UInt8]) -> String? {
    if body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return nil }
    if isText(body) { return "it begins: \(Excerpt.of(body, bytes: 200))" }
    let bytes = body.prefix(8).map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }
    return "it begins with bytes that are no text: \(bytes.joined(separator: " "))\(body.count > 8 ? " …" : "")"
  }

  /// Whether the beginning of some bytes can be shown: at most a tenth of it are control characters or no UTF-8.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    let scalars = String(decoding: bytes.prefix(200), as: UTF8.self).unicodeScalars
    let strange = scalars.count { $0 == "\u{FFFD}" || ($0.value < 0x20 && !(0x09...0x0D).contains($0.value)) }
    return strange * 10 <= scalars.count
  }

  /// Whether it begins as a page does.
  static func isMarkup(_ body: [UInt8]) -> Bool { body.first { $0 > 0x20 } == UInt8(ascii: "<") }

  /// A short string, or a number as one.
  private static func word(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)? where !text.isEmpty: Excerpt.of(text, bytes: 200)
    case .number(let number)?: Excerpt.of(number.spelling, bytes: 200)
    default: nil
    }
  }

  private static func status(_ value: JSONValue?) -> Int? {
    let number = value?.intValue ?? value?.stringValue.flatMap { Int($0) }
    return number.flatMap { (400...599).contains($0) ? $0 : nil }
  }
}
