import MartletChat
import Testing

@Suite struct ProviderTests {
  @Test func theCatalogHasEveryProviderOnce() {
    #expect(
      ProviderCatalog.providers.map(\.name) == [
        "openai", "bud", "ollama", "llamacpp", "lmstudio", "vllm", "groq", "mistral", "openrouter", "deepseek",
        "together", "gemini", "anthropic",
      ])
    #expect(ProviderCatalog.provider(named: "groq") == .groq)
    #expect(ProviderCatalog.provider(named: "nobody") == nil)
  }

  @Test func plainHTTPIsForThisMachineOnly() {
    for provider in ProviderCatalog.providers {
      #expect(provider.baseURL.hasPrefix("https://") || provider.baseURL.hasPrefix("http://127.0.0.1:"))
      #expect(!provider.baseURL.hasSuffix("/"))
    }
  }

  @Test(arguments: [
    ("https://gateway.bud.studio", "https://gateway.bud.studio/v1"), ("http://h:1/", "http://h:1/v1"),
    ("https://h/v1/", "https://h/v1"), ("https://h/api/x//", "https://h/api/x"), ("", ""), ("/", ""), ("h", "h"),
    ("https://h/\u{301}", "https://h/\u{301}"),
  ])
  func aURLWithoutAPathGetsOne(given: String, used: String) {
    #expect(Provider.custom(name: "x", baseURL: given).baseURL == used)
  }
}

@Suite struct SecretTests {
  @Test func headersOfAProviderAreNeverShown() {
    let provider = Provider.custom(name: "x", baseURL: "https://h/v1", headers: ["X-Key": "sk-canary"])
    var dumped = ""
    dump(provider, to: &dumped)
    #expect(!dumped.contains("canary"))
    #expect(!"\(provider)".contains("canary"))
  }

  private let secret = Secret(" sk-canary\n")

  @Test func itPrintsAsDotsEverywhere() {
    var dumped = ""
    dump([secret], to: &dumped)
    for text in [
      "\(secret)", String(reflecting: secret), String(describing: [secret]), dumped, "\(Optional(secret) as Any)",
    ] {
      #expect(!text.contains("canary"))
      #expect(text.contains("•••"))
    }
  }

  @Test func whiteSpaceAroundItIsDropped() {
    #expect(secret.exposed == "sk-canary")
    #expect(Secret(" \n").isEmpty)
  }

  @Test func everyFormAndEveryPieceOfAKeyIsHidden() {
    let key = "sk-proj-A/7Qp+x9Zk2=Lm4Vt8Rw6Nc3Hs5"
    let secret = Secret(key)
    for (text, shown) in [
      ("key=\(key).", "key=•••."), ("\(key)\(key)", "•••"), ("\(key) and \(key)", "••• and •••"),
      ("cut \(key.prefix(12))…", "cut •••…"), ("…\(key.suffix(12)) cut", "…••• cut"),
      ("sk-proj-A%2F7Qp%2Bx9Zk2%3DLm4Vt8Rw6Nc3Hs5", "•••"), ("sk-proj-A%2f7Qp%2bx9Zk2%3dLm4Vt8Rw6Nc3Hs5", "•••"),
      ("sk-proj-A\\/7Qp+x9Zk2=Lm4Vt8Rw6Nc3Hs5", "•••\\•••"),
      ("c2stcHJvai1BLzdRcCt4OVprMj1MbTRWdDhSdzZOYzNIczU=", "•••U="),
      ("sk-proj", "sk-proj"), ("", ""),
    ] {
      #expect(secret.redacting(text) == shown)
    }
  }

  @Test func aToolMaySayWhatOnlyResemblesAKey() {
    let secret = Secret("sk-proj-A/7Qp+x9Zk2=Lm4Vt8Rw6Nc3Hs5")
    #expect(secret.redactingToolResult("keys begin with sk-proj- these days") == "keys begin with sk-proj- these days")
    #expect(secret.redactingToolResult("cut sk-proj-A/7Qp+x9Zk2") == "cut •••")
    #expect(Secret("not-needed").redactingToolResult("it is not-needed") == "it is not-needed")
    #expect(Secret("sk-no-key-required").redactingToolResult("`a` is required") == "`a` is required")
  }

  @Test func aShortValueIsNotSearchedFor() {
    #expect(Secret("a").redacting("a cat") == "a cat")
    #expect(Secret("").redacting("") == "")
  }
}
