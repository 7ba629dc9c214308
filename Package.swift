// swift-tools-version: 6.2

import CompilerPluginSupport
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// What only the macros need: nothing of it is fetched or built without the trait `Macros`.
let macros = Target.Dependency.target(name: "MartletMacroPlugin", condition: .when(traits: ["Macros"]))
func swiftSyntax(_ products: String...) -> [Target.Dependency] {
  products.map { .product(name: $0, package: "swift-syntax", condition: .when(traits: ["Macros"])) }
}

/// Links a release for a start that is a fifth shorter: if it contains Swift's runtime (`--static-swift-stdlib`), it contains
/// C++'s as well, where a static one is installed; it exports nothing, and LLVM's linker lays it out.
/// MARTLET_PLAIN_LINKING=1 leaves all of this to the compiler.
let linking = "\(Context.packageDirectory)/Sources/Linking"
let quickStart: [LinkerSetting] =
  Context.environment["MARTLET_PLAIN_LINKING"] == "1"
  ? []
  : [
    .unsafeFlags(
      ["-L\(linking)", "-Xlinker", "-L\(linking)/Fallback", "-use-ld=lld", "-Xlinker", "--no-export-dynamic"],
      .when(platforms: [.linux], configuration: .release))
  ]

let package = Package(
  name: "Martlet",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Martlet", targets: ["Martlet"]),
    .library(name: "MartletChat", targets: ["MartletChat"]),
    .library(name: "MartletTesting", targets: ["MartletTesting"]),
    .library(name: "MartletMacros", targets: ["MartletMacros"]),
    .executable(name: "martlet", targets: ["MartletCLI"]),
  ],
  traits: [.trait(name: "Macros", description: "The macros @Schemable and @Tool, which need swift-syntax")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-syntax", "602.0.0"..<"604.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .target(name: "CCurl"),
    .target(name: "CProcess"),
    .target(name: "MartletJSON", swiftSettings: strict),
    .target(name: "MartletYAML", dependencies: ["CYAML"], swiftSettings: strict),
    .target(name: "MartletHTTP", dependencies: ["CCurl"], swiftSettings: strict),
    .target(name: "MartletChat", dependencies: ["MartletHTTP", "MartletJSON"], swiftSettings: strict),
    .target(
      name: "Martlet", dependencies: ["CProcess", "MartletChat", "MartletHTTP", "MartletJSON", "MartletYAML"],
      swiftSettings: strict),
    .target(name: "MartletTesting", dependencies: ["Martlet", "MartletHTTP", "MartletJSON"], swiftSettings: strict),
    .macro(
      name: "MartletMacroPlugin",
      dependencies: swiftSyntax(
        "SwiftCompilerPlugin", "SwiftDiagnostics", "SwiftParser", "SwiftSyntax", "SwiftSyntaxBuilder",
        "SwiftSyntaxMacros"),
      swiftSettings: strict),
    .target(name: "MartletMacros", dependencies: ["Martlet", macros], swiftSettings: strict),
    .executableTarget(
      name: "MartletCLI",
      dependencies: ["Martlet", "MartletHTTP", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict, linkerSettings: quickStart, plugins: ["BuildStamp"]),
    .plugin(name: "BuildStamp", capability: .buildTool(), path: "Sources/BuildStamp"),
    .executableTarget(
      name: "calculator", dependencies: ["Martlet"], path: "agents/calculator", swiftSettings: strict),
    .executableTarget(
      name: "validation", dependencies: ["MartletJSON"], path: "Benchmarks/Validation", swiftSettings: strict),
    .executableTarget(
      name: "scenarios", dependencies: ["Martlet"], path: "Benchmarks/Scenarios", swiftSettings: strict),
    .testTarget(name: "MartletJSONTests", dependencies: ["MartletJSON"], swiftSettings: strict),
    .testTarget(
      name: "MartletHTTPTests", dependencies: ["MartletChat", "MartletHTTP", "MartletTesting"], swiftSettings: strict),
    .testTarget(
      name: "MartletChatTests",
      dependencies: ["MartletChat", "MartletHTTP", "MartletJSON", "MartletTesting", "ProgramSupport"],
      swiftSettings: strict),
    .testTarget(name: "MartletYAMLTests", dependencies: ["MartletYAML"], swiftSettings: strict),
    .target(
      name: "ProgramSupport", dependencies: ["Martlet", "MartletTesting"], path: "Tests/ProgramSupport",
      swiftSettings: strict),
    .testTarget(
      name: "MartletTests", dependencies: ["Martlet", "MartletTesting", "ProgramSupport"], swiftSettings: strict),
    .testTarget(
      name: "MartletCLITests",
      dependencies: [
        "Martlet", "MartletCLI", "MartletTesting", "ProgramSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "MartletMacrosTests",
      dependencies: ["Martlet", macros, "MartletMacros", "MartletTesting"]
        + swiftSyntax(
          "SwiftSyntax", "SwiftSyntaxBuilder", "SwiftSyntaxMacroExpansion", "SwiftSyntaxMacros",
          "SwiftSyntaxMacrosGenericTestSupport"),
      swiftSettings: strict),
    .testTarget(
      name: "ExampleTests",
      dependencies: ["Martlet", "MartletCLI", "MartletMacros", "MartletTesting", "ProgramSupport"],
      swiftSettings: strict),
  ]
)
