import MartletChat
import MartletYAML

/// The C libraries that the program runs with.
package enum LinkedLibraries {
  /// Their names and versions, as they say themselves.
  package static var versions: [(name: String, version: String)] {
    [("libcurl", ChatClient.libcurlVersion), ("libyaml", YAMLNode.libyamlVersion)]
  }
}
