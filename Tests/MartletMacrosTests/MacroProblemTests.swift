#if Macros
  import SwiftSyntaxMacrosGenericTestSupport
  import Testing

  /// What the macros cannot be used for is said where it stands, all of it, and with a correction where there is one.
  @Suite struct MacroProblemTests {
    /// A declaration that a macro refuses.
    struct Refusal: Sendable {
      let declaration: String
      /// The beginning of what is wrong, in the declaration.
      let place: String
      let message: String
      /// What the correction says, and the declaration with it.
      var correction: (message: String, declaration: String)?

      init(_ declaration: String, at place: String, _ message: String, _ correction: (String, String)? = nil) {
        (self.declaration, self.place, self.message) = (declaration, place, message)
        self.correction = correction
      }
    }

    private func check(_ refusal: Refusal, _ macro: String) throws {
      let source = "\(macro) \(refusal.declaration)".inLines
      let start = refusal.place == "@" ? source.startIndex : source.firstRange(of: refusal.place)?.lowerBound
      let lines = source[..<(try #require(start))].split(separator: "\n", omittingEmptySubsequences: false)
      let fixIts = refusal.correction.map { [FixItSpec(message: $0.message)] } ?? []
      expand(
        source, to: refusal.declaration.inLines,
        [
          DiagnosticSpec(
            message: refusal.message, line: lines.count, column: (lines.last?.utf8.count ?? 0) + 1, fixIts: fixIts)
        ],
        fixIts: refusal.correction.map { [$0.message] },
        fixed: refusal.correction.map { "\(macro) \($0.declaration)".inLines })
    }

    @Test(arguments: [
      Refusal(
        "class A {}", at: "@", "@Schemable is for structures and enumerations, whose values are their properties"),
      Refusal("enum A {}", at: "A {", "@Schemable needs a case: there is no value to describe"),
      Refusal(
        "struct A { var (a, b): (Int, Int) }", at: "(a, b)",
        "@Schemable wants a declaration of its own for each property"),
      Refusal(
        "struct A { var a = f() }", at: "a = f", "@Schemable needs the type of a written out",
        ("write the type", "struct A { var a: <#Type#> = f() }")),
      Refusal(
        "struct A { var a: [Int: String] }", at: "Int:",
        "the names in a JSON object are texts: the keys of a dictionary have to be String",
        ("use String", "struct A { var a: [String: String] }")),
      Refusal(
        "struct A { var a: [Any]? }", at: "Any",
        "a value of any type cannot be decoded: JSONValue is for any JSON",
        ("use JSONValue", "struct A { var a: [JSONValue]? }")),
      Refusal(
        "struct A { var a: (Int, Int) }", at: "(Int", "a tuple has no form in JSON: use a structure with @Schemable"),
      Refusal("struct A { var a: () -> Void }", at: "() ->", "a function has no form in JSON"),
      Refusal(
        "struct A { var a: any P }", at: "any P", "JSON is decoded into one type: `any P` does not say which"),
      Refusal(
        "struct A { @Clamped var a: Int }", at: "@Clamped",
        "what a wrapper makes of a in JSON, @Schemable cannot see"),
      Refusal(
        "enum A { case a((Int, Int)) }", at: "(Int", "a tuple has no form in JSON: use a structure with @Schemable"),
    ]) func schemable(refusal: Refusal) throws { try check(refusal, "@Schemable") }

    @Test(arguments: [
      Refusal("var a: Int", at: "@", "@Tool is for functions"),
      Refusal(
        "func f<T>(a: T) {}", at: "<T>", "@Tool takes no generic functions: a model's arguments have one type"),
      Refusal(
        "func f(a: Int...) {}", at: "...", "@Tool takes no variadic parameters: a list is an array in JSON",
        ("use an array", "func f(a: [Int]) {}")),
      Refusal(
        "func f(a: inout Int) {}", at: "inout",
        "@Tool takes plain parameters: a model's arguments are copies, made for one call"),
      Refusal("func f(a: () -> Int) {}", at: "() ->", "a function has no form in JSON"),
      Refusal("func f(_: Int) {}", at: "_: Int", "@Tool needs a name for each parameter, by which the model gives it"),
      Refusal(
        "mutating func f() {}", at: "mutating",
        "@Tool takes no mutating functions: several calls may run at the same time"),
      Refusal(
        "func größe() {}", at: "größe",
        #"`größe` cannot be the name of a tool: give it one, such as @Tool("gr__e")"#),
    ]) func tool(refusal: Refusal) throws { try check(refusal, "@Tool") }

    @Test func theNameOfATool() {
      expand(
        #"@Tool("a b") func f() {}"#, to: "func f() {}",
        [
          DiagnosticSpec(
            message: "the name of a tool has 1 to 64 letters, digits, _ and -", line: 1, column: 7,
            fixIts: [FixItSpec(message: #"use "a_b""#)])
        ], fixIts: [#"use "a_b""#], fixed: #"@Tool("a_b") func f() {}"#)
      expand(
        "@Tool(name) func f() {}", to: "func f() {}",
        [DiagnosticSpec(message: "the name of a tool is a literal, which can be checked here", line: 1, column: 7)])
    }

    @Test(arguments: ["a: Self", "a: [Self]?", "a: Int = Self.standard", "a: B<Self>.C"])
    func theTypeAroundATool(parameter: String) {
      let named = parameter.replacing("Self", with: "A")
      let column = "  @Tool func f(".utf8.count + parameter.prefix { $0 != "S" }.utf8.count + 1
      for (word, exception) in [
        ("struct", ""), ("extension", ", or if that is a protocol, move the function to a type"),
      ] {
        expand(
          "\(word) A {\n  @Tool func f(\(parameter)) {}\n}", to: "\(word) A {\n  func f(\(parameter)) {}\n}",
          [
            DiagnosticSpec(
              message: "`Self` is another type in what @Tool writes of the parameters: write A\(exception)", line: 2,
              column: column, fixIts: [FixItSpec(message: "use A")])
          ], fixIts: ["use A"], fixed: "\(word) A {\n  @Tool func f(\(named)) {}\n}")
      }
    }

    @Test func aRequirementOfAProtocol() {
      expand(
        "protocol P {\n  @Tool func f(a: Self)\n}", to: "protocol P {\n  func f(a: Self)\n}",
        [
          DiagnosticSpec(
            message: "@Tool is for the functions of a type: a protocol's requirement is none that could be called",
            line: 2, column: 3)
        ])
    }

    @Test func aPrivateTypeInsideAnother() {
      expand(
        """
        struct A {
          @Schemable private struct B {
          }
        }
        """,
        to: """
          struct A {
            private struct B {
            }
          }
          """,
        [
          DiagnosticSpec(
            message: "@Schemable cannot reach a private type inside another", line: 2, column: 14,
            fixIts: [FixItSpec(message: "use fileprivate")])
        ], fixIts: ["use fileprivate"],
        fixed: """
          struct A {
            @Schemable fileprivate struct B {
            }
          }
          """)
    }

    @Test func allThatIsWrongIsSaidAtOnce() {
      expand(
        """
        @Schemable struct A {
          var a = f()
          var b: (Int, Int)
          #if DEBUG
          var c: Int
          #endif
        }
        """,
        to: """
          struct A {
            var a = f()
            var b: (Int, Int)
            #if DEBUG
            var c: Int
            #endif
          }
          """,
        [
          DiagnosticSpec(
            message: "@Schemable needs the type of a written out", line: 2, column: 7,
            fixIts: [FixItSpec(message: "write the type")]),
          DiagnosticSpec(
            message: "a tuple has no form in JSON: use a structure with @Schemable", line: 3, column: 10),
          DiagnosticSpec(message: "@Schemable does not see what stands in #if", line: 4, column: 3),
        ])
    }
  }

  extension String {
    /// A declaration as an expansion writes it, a member on a line.
    fileprivate var inLines: String { replacing("{ ", with: "{\n  ").replacing(" }", with: "\n}") }
  }
#endif
