#if Macros
  import Testing

  @testable import MartletMacroPlugin

  /// The code that the macros write.
  @Suite struct ExpansionTests {
    @Test func aStructure() {
      expand(
        """
        /// A report about a document.
        ///
        /// Made by hand.
        @Schemable
        public struct Report: Codable, Sendable {
          /// The title as it stands
          /// on the first page.
          public var title: String
          var pages: Int?
          let lists: [[String: Bool]], first, second: Double
          var isLong: Bool { (pages ?? 0) > 100 }
          static var shared: Report?
          let version = 2
        }
        """,
        to: """
          /// A report about a document.
          ///
          /// Made by hand.
          public struct Report: Codable, Sendable {
            /// The title as it stands
            /// on the first page.
            public var title: String
            var pages: Int?
            let lists: [[String: Bool]], first, second: Double
            var isLong: Bool { (pages ?? 0) > 100 }
            static var shared: Report?
            let version = 2
          }

          extension Report: Schemable {
            public static var schema: SchemaDocument {
              SchemaDocument.describing(Self.self) {
                SchemaDocument.object(
                  "A report about a document.\\nMade by hand.",
                  .required("title", .of(String.self, "The title as it stands on the first page.")),
                  .optional("pages", .of(Int.self)),
                  .required("lists", .of([[String: Bool]].self)),
                  .required("first", .of(Double.self)),
                  .required("second", .of(Double.self)))
              }
            }
          }
          """)
    }

    @Test func defaultsAreDecoded() {
      expand(
        """
        @Schemable struct Query: Decodable {
          var words: [String] = []
          var unit: Unit = .celsius
          var offset = -1
          var limit: Int? = nil
          var `in`: Int = isTest ? 1 : now()
          var id: String
        }
        """,
        to: """
          struct Query: Decodable {
            var words: [String] = []
            var unit: Unit = .celsius
            var offset = -1
            var limit: Int? = nil
            var `in`: Int = isTest ? 1 : now()
            var id: String
          }

          extension Query: Schemable {
            static var schema: SchemaDocument {
              SchemaDocument.describing(Self.self) {
                SchemaDocument.object(
                  .optional("words", .of([String].self).defaulting(to: [])),
                  .optional("unit", .of(Unit.self).defaulting(encoding: .celsius as Unit)),
                  .optional("offset", .of(Int.self).defaulting(to: -1)),
                  .optional("limit", .of(Int.self)),
                  .optional("in", .of(Int.self)),
                  .required("id", .of(String.self)))
              }
            }

            private enum CodingKeys: String, CodingKey {
              case `words` = "words"
              case `unit` = "unit"
              case `offset` = "offset"
              case `limit` = "limit"
              case `in` = "in"
              case `id` = "id"
            }

            init(from decoder: any Decoder) throws {
              let values = try decoder.container(keyedBy: CodingKeys.self)
              self.`words` = try values.decodeIfPresent([String].self, forKey: .`words`) ?? []
              self.`unit` = try values.decodeIfPresent(Unit.self, forKey: .`unit`) ?? .celsius
              self.`offset` = try values.decodeIfPresent(Int.self, forKey: .`offset`) ?? -1
              self.`limit` = try values.decodeIfPresent(Int.self, forKey: .`limit`)
              self.`in` = try values.decodeIfPresent(Int.self, forKey: .`in`) ?? (isTest ? 1 : now())
              self.`id` = try values.decode(String.self, forKey: .`id`)
            }
          }
          """)
    }

    @Test func rawValues() {
      expand(
        """
        /// How hot it is.
        @Schemable enum Unit: String {
          /// As in Europe.
          case celsius
          case fahrenheit = "F"
        }
        @Schemable enum Priority: Int {
          case low = -1, middle
          /** Now. */
          case high = 0x10
          case highest
        }
        """,
        to: """
          /// How hot it is.
          enum Unit: String {
            /// As in Europe.
            case celsius
            case fahrenheit = "F"
          }
          enum Priority: Int {
            case low = -1, middle
            /** Now. */
            case high = 0x10
            case highest
          }

          extension Unit: Schemable {
            static var schema: SchemaDocument {
              SchemaDocument.describing(Self.self) {
                SchemaDocument.string(oneOf: ["celsius", "F"]).describing("How hot it is.\\n- celsius: As in Europe.")
              }
            }
          }

          extension Priority: Schemable {
            static var schema: SchemaDocument {
              SchemaDocument.describing(Self.self) {
                SchemaDocument(["type": "integer", "enum": [-1, 0, 16, 17]]).describing("- -1: low\\n- 0: middle\\n- 16: Now.\\n- 17: highest")
              }
            }
          }
          """)
    }

    @Test func casesWithoutRawValues() {
      expand(
        """
        @Schemable enum Shape: Codable {
          /// Round.
          case circle(radius: Double, filled: Bool = true)
          case square(Int), none
        }
        """,
        to: """
          enum Shape: Codable {
            /// Round.
            case circle(radius: Double, filled: Bool = true)
            case square(Int), none
          }

          extension Shape: Schemable {
            static var schema: SchemaDocument {
              SchemaDocument.describing(Self.self) {
                SchemaDocument.anyOf(
                  SchemaDocument.object(.required("circle", SchemaDocument.object(
                        "Round.",
                        .required("radius", .of(Double.self)),
                        .required("filled", .of(Bool.self))))),
                  SchemaDocument.object(.required("square", SchemaDocument.object(
                        .required("_0", .of(Int.self))))),
                  SchemaDocument.object(.required("none", SchemaDocument.object())))
              }
            }
          }
          """)
    }

    @Test func aFunction() {
      expand(
        """
        /// Get the weather of a place.
        ///
        /// Of today.
        /// - Parameters:
        ///   - place: A city,
        ///     such as Oslo
        /// - Returns: What it is like.
        @Tool("weather", strict: true)
        public func getWeather(in place: String, _ days: Int? = 3) async throws -> String { "" }
        """,
        to: """
          /// Get the weather of a place.
          ///
          /// Of today.
          /// - Parameters:
          ///   - place: A city,
          ///     such as Oslo
          /// - Returns: What it is like.
          public func getWeather(in place: String, _ days: Int? = 3) async throws -> String { "" }

          private struct __macro_local_9ArgumentsfMu_: Decodable, Sendable {
            let `place`: String
            let `days`: Int?
            enum CodingKeys: String, CodingKey {
              case `place` = "place"
              case `days` = "days"
            }
            init(from decoder: any Decoder) throws {
              let values = try decoder.container(keyedBy: CodingKeys.self)
              self.`place` = try values.decode(String.self, forKey: .`place`)
              self.`days` = try values.decodeIfPresent(Int.self, forKey: .`days`) ?? 3
            }
          }

          /// `getWeather` as a tool.
          public var getWeatherTool: any Tool {
            ClosureTool("weather", "Get the weather of a place.\\nOf today.", parameters: SchemaDocument.object(
                .required("place", .of(String.self, "A city, such as Oslo")),
                .optional("days", .of(Int.self).defaulting(to: 3))), strict: true) { (arguments: __macro_local_9ArgumentsfMu_) in
              try await getWeather(in: arguments.`place`, arguments.`days`)
            }
          }
          """)
    }

    @Test(arguments: [
      ("struct A", "func f()", "var", "self.f()"),
      ("struct A", "static func f() async", "static var", "await Self.f()"),
      ("actor A", "func f() throws", "nonisolated var", "try await self.f()"),
      ("actor A", "nonisolated func f()", "var", "self.f()"),
      ("@MainActor final class A", "func f()", "nonisolated var", "await self.f()"),
      ("extension A", "@MainActor private func f()", "private var", "await self.f()"),
    ]) func aMethodIsCalledWhereItStands(
      type: String, function: String, variable: String, call: String
    ) {
      expand(
        """
        \(type) {
          @Tool \(function) {}
        }
        """,
        to: """
          \(type) {
            \(function) {}

            private struct __macro_local_9ArgumentsfMu_: Decodable, Sendable {
            }

            /// `f` as a tool.
            \(variable) fTool: any Tool {
              ClosureTool("f", "", parameters: SchemaDocument.object()) { (arguments: __macro_local_9ArgumentsfMu_) in
                \(call)
              }
            }
          }
          """)
    }

    @Test(arguments: [
      ("getWeather", "get_weather"), ("find", "find"), ("getURLOf", "get_url_of"),
      ("f2b", "f2b"), ("make_Report", "make_report"), ("`repeat`", "repeat"),
    ]) func theNameIsAsModelsAreUsedToIt(function: String, name: String) {
      expand(
        "@Tool func \(function)() {}",
        to: """
          func \(function)() {}

          private struct __macro_local_9ArgumentsfMu_: Decodable, Sendable {
          }

          /// `\(function.unquoted)` as a tool.
          var \(function.unquoted)Tool: any Tool {
            ClosureTool("\(name)", "", parameters: SchemaDocument.object()) { (arguments: __macro_local_9ArgumentsfMu_) in
              \(function)()
            }
          }
          """)
    }
  }
#endif
