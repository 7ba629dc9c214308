#if Macros
  import SwiftCompilerPlugin
  import SwiftSyntaxMacros

  @main struct MartletMacroPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [SchemableMacro.self, ToolMacro.self]
  }
#else
  /// Without the trait `Macros` there is nothing to expand.
  @main struct NoMacros {
    static func main() {}
  }
#endif
