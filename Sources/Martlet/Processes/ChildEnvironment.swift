/// The whole environment of a child: nothing is inherited. Spelled as the system wants it, once for all calls that
/// begin with the same entries.
package struct ChildEnvironment: Sendable, ExpressibleByDictionaryLiteral {
  private(set) var entries = StringVector()
  /// The place of the first mark; the entries from there on are marks.
  private var firstMark: Int?
  private var hasOnlyNames = true

  /// The entries in the order of their names.
  package init(_ variables: [String: String]) {
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) { append(name, value) }
  }

  package init(dictionaryLiteral variables: (String, String)...) {
    self.init(Dictionary(variables) { _, last in last })
  }

  /// Adds an entry of a name that is not there yet. Together, the marks tell the processes of a call from all others,
  /// wherever they went; without any, only the session does.
  package mutating func mark(_ name: String, _ value: String) {
    if firstMark == nil { firstMark = entries.count }
    append(name, value)
  }

  private mutating func append(_ name: String, _ value: String) {
    entries.append(name, value)
    if name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) { hasOnlyNames = false }
  }

  /// The entries that mark the call.
  var marks: [[UInt8]] { firstMark.map { entries.elements(from: $0) } ?? [] }

  /// False if an entry cannot be passed on: it has a NUL, or a name that is none.
  var isValid: Bool { hasOnlyNames && entries.isValid }
}
