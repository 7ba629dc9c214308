@testable import MartletHTTP

/// The lines are a URL, a proxy and exceptions from it, as a file and the environment name them.
func checkURLs(_ input: [UInt8]) {
  let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let environment = ["https_proxy": lines.count > 1 ? lines[1] : "", "no_proxy": lines.count > 2 ? lines[2] : ""]
  let rules = timed("reading the rules") { ProxyRules(environment: environment) }
  do throws(HTTPError) {
    let endpoint = try Endpoint(lines[0], allowsInsecureHTTP: false)
    promise(endpoint.isSecure || endpoint.isLoopback, "nothing goes over plain http but to this machine")
    promise((0...65535).contains(endpoint.port), "a port has 16 bits")
    promise(!endpoint.host.isEmpty, "an endpoint has a host")
    let proxy = try timed("finding the proxy") { () throws(HTTPError) in try rules.proxy(for: endpoint) }
    promise(proxy == nil || !endpoint.isLoopback, "this machine is behind no proxy")
  } catch {
    promise(error.message.utf8.count < 2000, "an error is short")
  }
}
