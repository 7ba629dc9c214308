// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "Martlet",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "MartletJSON", swiftSettings: strict),
    .testTarget(name: "MartletJSONTests", dependencies: ["MartletJSON"], swiftSettings: strict),
  ]
)
