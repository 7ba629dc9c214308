#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxMacros

  /// What a macro cannot be used for, said at its place in the source.
  extension Diagnostic {
    init(_ message: String, at node: some SyntaxProtocol, _ correction: FixIt? = nil) {
      self.init(
        node: Syntax(node), message: MacroExpansionErrorMessage(message), fixIts: correction.map { [$0] } ?? [])
    }
  }

  extension FixIt {
    /// Puts something else in the place of a part of the source.
    static func replacing(_ old: some SyntaxProtocol, with new: some SyntaxProtocol, _ message: String) -> FixIt {
      FixIt(
        message: MacroExpansionFixItMessage(message),
        changes: [.replace(oldNode: Syntax(old), newNode: Syntax(new))])
    }
  }
#endif
