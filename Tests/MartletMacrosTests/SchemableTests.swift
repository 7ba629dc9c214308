#if Macros
  public import MartletMacros
  import MartletTesting
  import Testing

  /// How hot it is.
  @Schemable enum TemperatureUnit: String, Codable {
    /// As in Europe.
    case celsius
    case fahrenheit = "F"
  }

  @Schemable enum Priority: Int, Codable {
    case low = -1
    case middle
    /// At once.
    case high = 0x10
  }

  @Schemable enum Share: Double, Codable {
    case half = 0.5
    case whole = 1
  }

  @Schemable enum Shape: Codable, Equatable {
    case circle(radius: Double, filled: Bool = true)
    case square(Int)
    case nothing

    enum CodingKeys: String, CodingKey {
      case circle, square
      case nothing = "none"
    }
    enum CircleCodingKeys: String, CodingKey {
      case radius = "r"
      case filled
    }
  }

  /// A report about a document.
  @Schemable struct Report: Codable, Equatable {
    /// The title as it stands
    /// on the first page.
    var title: String
    var pages: Int?
    var language = "en"
    var marks: [UInt8]
    var words: [String: Bool] = [:]
    /// Of the summer.
    var unit: TemperatureUnit = .celsius
    var author: Author?
    var reviewers: [Author] = []
    var isLong: Bool { (pages ?? 0) > 100 }
    static let shared = 1
    let version = 2

    @Schemable struct Author: Codable, Equatable {
      var name: String
      var rank: Priority = .middle
      let `class`: Int?
    }

    enum CodingKeys: String, CodingKey {
      case title, language, marks, words, unit, author, reviewers
      case pages = "page_count"
    }
  }

  @Schemable struct Node: Codable {
    var name: String
    var children: [Node]
  }

  // `Self` is the type itself where the macro writes, too.
  @Schemable struct Link: Codable, Equatable {
    static let home = "home"

    var target: String = Self.home
    var others: [Self] = []
  }

  @Schemable struct Page<Item: Codable & Schemable>: Codable {
    var items: [Item]
    var next = 0
  }

  /// Only decoded: a description of what a model may write.
  @Schemable public struct Filter: Decodable, Sendable {
    public var anything: JSONValue
    public var limit: Double? = 2.5
    public let offsets: [Int?]
    private var isSecret = false
  }

  /// What `@Schemable` writes is what the type is decoded from.
  @Suite struct SchemableTests {
    private func json(_ type: (some Schemable).Type) -> String { type.schema.json.canonicalString() }

    @Test func aStructureIsAnObjectOfItsProperties() throws {
      let author =
        #"{"type":"object","properties":{"name":{"type":"string"},"rank":{"type":"integer","enum":[-1,0,16],"#
        + #""description":"- -1: low\n- 0: middle\n- 16: At once.","default":0},"class":{"type":"integer"}},"#
        + #""required":["name"],"additionalProperties":false}"#
      #expect(json(Report.Author.self) == author)
      #expect(
        json(Report.self)
          == #"{"type":"object","description":"A report about a document.","properties":{"#
          + #""title":{"type":"string","description":"The title as it stands on the first page."},"#
          + #""page_count":{"type":"integer"},"language":{"type":"string","default":"en"},"#
          + #""marks":{"type":"array","items":{"type":"integer","minimum":0,"maximum":255}},"#
          + #""words":{"type":"object","additionalProperties":{"type":"boolean"},"default":{}},"#
          + #""unit":{"type":"string","enum":["celsius","F"],"#
          + #""description":"Of the summer.\nHow hot it is.\n- celsius: As in Europe.","default":"celsius"},"#
          + #""author":\#(author),"reviewers":{"type":"array","items":\#(author),"default":[]}},"#
          + #""required":["title","marks"],"additionalProperties":false}"#)
    }

    /// A text that the schema accepts, and one that it refuses as the decoder does.
    @Test func whatTheSchemaAcceptsIsDecoded() throws {
      let schema = try JSONSchema(Report.schema)
      let small: JSONValue = ["title": "Birds", "marks": [1, 255]]
      #expect(schema.isValid(small))
      let report: Report = try small.decode()
      #expect(report == Report(title: "Birds", marks: [1, 255]))
      let whole: JSONValue = [
        "title": "B", "marks": [], "page_count": 3, "words": ["a": true], "unit": "F", "language": "de",
        "author": ["name": "Ada", "rank": 16, "class": 1], "reviewers": [["name": "Bo"]],
      ]
      #expect(schema.isValid(whole))
      let read: Report = try whole.decode()
      #expect(read.pages == 3 && read.author?.rank == .high && read.reviewers.map(\.rank) == [.middle])
      #expect(try schema.isValid(JSONValue(encoding: read)))
      #expect(try (JSONValue(encoding: read).decode() as Report) == read)
    }

    @Test(
      arguments: [
        ["title": "B"], ["title": 1, "marks": []], ["title": "B", "marks": [256]],
        ["title": "B", "marks": [], "unit": "K"],
        ["title": "B", "marks": [], "author": ["name": "A", "rank": 1]],
        ["title": "B", "marks": [], "words": ["a": 1]],
      ] as [JSONValue]) func whatTheDecoderRefusesTheSchemaRefuses(value: JSONValue) throws
    {
      #expect(throws: DecodingError.self) { try value.decode() as Report }
      #expect(try !JSONSchema(Report.schema).isValid(value))
    }

    @Test func aTypeMayCallItselfSelf() throws {
      #expect(
        json(Link.self)
          == #"{"type":"object","properties":{"target":{"type":"string","default":"home"},"#
          + #""others":{"type":"array","items":{},"default":[]}},"additionalProperties":false}"#)
      let value: JSONValue = ["others": [["target": "away"]]]
      let link: Link = try value.decode()
      #expect(link == Link(others: [Link(target: "away")]))
    }

    @Test func anEnumerationIsItsRawValues() throws {
      #expect(json(Share.self) == #"{"type":"number","enum":[0.5,1],"description":"- 0.5: half\n- 1: whole"}"#)
      for value in [-1, 0, 16] as [JSONValue] {
        #expect(try JSONSchema(Priority.schema).isValid(value))
        #expect(throws: Never.self) { try value.decode() as Priority }
      }
    }

    @Test(arguments: [Shape.circle(radius: 1.5, filled: false), .square(2), .nothing])
    func aCaseIsWhatTheCompilerEncodesItAs(shape: Shape) throws {
      let value = try JSONValue(encoding: shape)
      #expect(try JSONSchema(Shape.schema).violations(in: value) == [])
      #expect(try value.decode() as Shape == shape)
      #expect(try !JSONSchema(Shape.schema).isValid(["triangle": [:]]))
    }

    /// The compiler's decoding wants what has a default too.
    @Test func aValueOfACaseIsRequired() throws {
      let value: JSONValue = ["circle": ["r": 2]]
      #expect(try !JSONSchema(Shape.schema).isValid(value))
      #expect(throws: DecodingError.self) { try value.decode() as Shape }
    }

    @Test func aTypeWithinItselfIsAnyValue() throws {
      let schema = try JSONSchema(Node.schema)
      #expect(schema.isValid(["name": "a", "children": [["name": "b", "children": []]]]))
      #expect(!schema.isValid(["name": "a"]))
    }

    @Test func aGenericTypeHasTheSchemaOfWhatItHolds() throws {
      let value: JSONValue = ["items": [["name": "a", "children": []]]]
      #expect(try JSONSchema(Page<Node>.schema).isValid(value))
      #expect(try (value.decode() as Page<Node>).next == 0)
      #expect(try !JSONSchema(Page<Int>.schema).isValid(value))
    }

    @Test func ofAnyValueAndOfOptionalsInAList() throws {
      let value: JSONValue = ["anything": [1], "offsets": [1, nil]]
      #expect(try JSONSchema(Filter.schema).isValid(value))
      let filter: Filter = try value.decode()
      #expect(filter.anything == [1] && filter.limit == 2.5 && filter.offsets == [1, nil])
    }

    @Test func anAnswerNeedsNoOtherSchema() async throws {
      let model = StubModel(.text("{}"), .text(#"{"title":"Birds","marks":[7]}"#))
      let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model)
      let report = try await agent.run("Report", as: Report.self)
      #expect(report.marks == [7] && report.language == "en")
    }
  }
#endif
