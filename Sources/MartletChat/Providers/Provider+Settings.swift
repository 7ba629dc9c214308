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
  /// Why the URL can never be asked, in a sentence without a period; nil if it can.
  package var addressProblem: String? {
    HTTPAddress.problem(with: baseURL, allowsInsecureHTTP: allowsInsecureHTTP)
  }
}
