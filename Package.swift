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
    .executableTarget(
      name: "ExampleSync", dependencies: ["Cachetronomy"], path: "Examples/Sync"),
    .executableTarget(
      name: "ExampleAsync", dependencies: ["Cachetronomy"], path: "Examples/Async"),
    .executableTarget(
      name: "LibraryBenchmark", dependencies: ["Cachetronomy"], path: "Benchmarks/Library"),
    .testTarget(
      name: "CachetronomyTests", dependencies: ["Cachetronomy"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Cachetronomy", "CachetronomyCLI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
