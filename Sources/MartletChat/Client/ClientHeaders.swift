import MartletHTTP

/// The headers of a client's requests, put together once.
struct ClientHeaders: Sendable {
  /// The headers that differ from user to user: the key, and what the provider's settings say.
  let own: [HTTPHeader]
  private let ofWhole: [HTTPHeader]
  private let ofStreams: [HTTPHeader]
  /// Where the identifier of the request belongs, unless the settings have one.
  private let place: Int?

  private static let identifier = "X-Client-Request-Id"

  init(of provider: Provider, key: Secret) {
    var own: [HTTPHeader] = []
    if !key.isEmpty { own.append(HTTPHeader("Authorization", "Bearer " + key.exposed)) }
    for (name, value) in provider.headers.sorted(by: { $0.key < $1.key }) {
      own.removeAll { $0.isNamed(name) }
      own.append(HTTPHeader(name, value))
    }
    self.own = own
    func all(accepting type: String) -> [HTTPHeader] {
      let usual = [
        HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", type),
        HTTPHeader("User-Agent", "martlet"), HTTPHeader(Self.identifier, ""),
      ]
      return usual.filter { header in !own.contains { $0.isNamed(header.name) } } + own
    }
    ofWhole = all(accepting: "application/json")
    ofStreams = all(accepting: "text/event-stream")
    place =
      own.contains { $0.isNamed(Self.identifier) } ? nil : ofWhole.firstIndex { $0.isNamed(Self.identifier) }
  }

  /// All headers of a request; those of the settings replace the client's usual ones.
  func all(isStreaming: Bool, requestID: String) -> [HTTPHeader] {
    var headers = isStreaming ? ofStreams : ofWhole
    if let place { headers[place].value = requestID }
    return headers
  }
}

extension ClientHeaders: CustomStringConvertible, CustomReflectable {
  /// The names alone, because values may be secrets.
  var description: String { ofWhole.map(\.name).joined(separator: ", ") }

  var customMirror: Mirror { Mirror(self, children: []) }
}
