import MartletHTTP
import MartletJSON

/// What a request is known by in the cache: its endpoint and its canonical bytes, and a name made of these and of whose
/// request it is.
///
/// Of the body's members the order does not count, nor do `stream` and `stream_options`: a streamed request and a whole
/// one share an entry, because the answer is the same. Only a request for several choices is kept apart, because a stream
/// brings one of them. Within a member every byte counts: a model writes the members of its answer in the order of its
/// schema, so that this order has a meaning.
struct CacheKey: Sendable, Equatable {
  let endpoint: String
  let model: String
  /// The endpoint and the canonical body; an entry answers a request only if these bytes are the same.
  let identity: [UInt8]
  /// The name of the entry: 64 hexadecimal digits.
  let name: String

  /// Makes the key of a body as ``RequestHead`` puts it together; nil if its beginning cannot be read.
  ///
  /// - Parameters:
  ///   - endpoint: The URL, without what is secret in it.
  ///   - headers: Those by which a server tells its users apart, the key's among them. They are part of the name, which
  ///     does not give them away, and not of the identity.
  ///   - body: The segments.
  init?(endpoint: String, headers: [HTTPHeader], body: [[UInt8]]) {
    guard let head = body.first, case .object(let members)? = try? JSONValue(parsing: head + Array("]}".utf8)) else {
      return nil
    }
    self.endpoint = endpoint
    model = members["model"]?.stringValue ?? ""
    var identity = Array("POST \(endpoint)\n".utf8) + Self.canonical(members)
    identity.reserveCapacity(identity.count + body.dropFirst().reduce(0) { $0 + $1.count })
    for segment in body.dropFirst() { identity += segment }
    self.identity = identity
    var hash = SHA256()
    for header in headers.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) {
      hash.update(Array("\(header.name.lowercased()): \(header.value)\n".utf8))
    }
    hash.update(identity)
    name = hash.finish().hexadecimal
  }

  /// The members before the messages, in the order of their keys, up to and including `"messages":[`.
  private static func canonical(_ members: JSONObject) -> [UInt8] {
    let hasOneChoice = (members["n"]?.intValue ?? 1) == 1
    let ignored: Set = hasOneChoice ? ["messages", "stream", "stream_options"] : ["messages", "stream_options"]
    let kept = members.filter { !ignored.contains($0.key) }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var bytes = JSONValue.object(JSONObject(kept.map { ($0.key, $0.value) })).canonicalBytes()
    bytes.removeLast()
    if !kept.isEmpty { bytes.append(UInt8(ascii: ",")) }
    return bytes + Array(#""messages":["#.utf8)
  }

  /// Whether a file's name is that of an entry.
  static func isName(_ name: String) -> Bool {
    name.utf8.count == 64
      && name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (0x61...0x66).contains($0) }
  }
}
