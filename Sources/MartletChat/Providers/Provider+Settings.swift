import MartletHTTP

extension Provider {
  /// This provider's dialect at an endpoint of the user's own, where a key may not be needed.
  package func anywhere(at baseURL: String) -> Provider {
    copy(Provider(name, baseURL, key: apiKeyVariable, needsKey: false))
  }

  /// This provider with its key in another variable, which then has to be set.
  package func withKey(in variable: String) -> Provider {
    copy(Provider(name, baseURL, key: variable, url: baseURLVariable, needsKey: true))
  }

  private func copy(_ other: Provider) -> Provider {
    var other = other
    other.quirks = quirks
    other.headers = headers
    other.headerSecrets = headerSecrets
    other.allowsInsecureHTTP = allowsInsecureHTTP
    other.caFile = caFile
    other.prices = prices
    return other
  }
}

extension Provider {
  /// Why a URL can never be asked.
  package struct AddressProblem: Sendable {
    /// The reason, in a sentence without a period.
    package let message: String
    /// Whether it would be asked over plain http, which can be allowed.
    package let isInsecure: Bool
  }

  /// Why the URL can never be asked; nil if it can.
  package var addressProblem: AddressProblem? {
    HTTPAddress.problem(with: baseURL, allowsInsecureHTTP: allowsInsecureHTTP).map {
      AddressProblem(message: $0.message, isInsecure: $0.kind == .insecureURL)
    }
  }
}
