// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "cachetronomy",
  products: [
    .library(name: "Cachetronomy", targets: ["Cachetronomy"]),
    .executable(name: "cachetronomy", targets: ["CachetronomyCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.7.0")
  ],
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CPOSIX"),
    .target(
      name: "Cachetronomy", dependencies: ["CSQLite", "CYAML", "CPOSIX"], swiftSettings: strict),
    .executableTarget(
      name: "CachetronomyCLI",
      dependencies: [
        "Cachetronomy", "CPOSIX",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CachetronomyTests", dependencies: ["Cachetronomy"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["Cachetronomy", "CachetronomyCLI"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
