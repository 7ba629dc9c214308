internal import CYAML

extension YAMLNode {
  /// The version of libyaml that is linked, such as `0.2.5`.
  package static var libyamlVersion: String { yaml_get_version_string().map { String(cString: $0) } ?? "unknown" }
}
