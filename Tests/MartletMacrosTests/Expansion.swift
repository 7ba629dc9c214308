#if Macros
  import SwiftSyntax
  import SwiftSyntaxBuilder
  import SwiftSyntaxMacroExpansion
  import SwiftSyntaxMacrosGenericTestSupport
  import Testing

  @testable import MartletMacroPlugin

  /// Expands both macros in a source, as the compiler does.
  func expand(
    _ source: String, to expanded: String, _ diagnostics: [DiagnosticSpec] = [], fixIts: [String]? = nil,
    fixed: String? = nil, at place: Testing.SourceLocation = #_sourceLocation
  ) {
    assertMacroExpansion(
      source, expandedSource: expanded, diagnostics: diagnostics,
      macroSpecs: [
        "Schemable": MacroSpec(type: SchemableMacro.self, conformances: ["Schemable"]),
        "Tool": MacroSpec(type: ToolMacro.self),
      ], applyFixIts: fixIts, fixedSource: fixed, indentationWidth: .spaces(2)
    ) { failure in
      Issue.record("\(failure.message)", sourceLocation: place)
    }
  }
#endif
