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
  // Redis as a tier that machines share: three more system libraries.
  traits: [.trait(name: "Remote", description: "A tier on Redis or Valkey.")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.7.0")
  ],
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CPOSIX"),
    .systemLibrary(name: "CFront"),
    // Without pkg-config: its flags for hiredis are none that this package manager lets through.
    .systemLibrary(name: "CRedis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "Cachetronomy",
      dependencies: [
        "CSQLite", "CYAML", "CPOSIX",
        .target(name: "CRedis", condition: .when(traits: ["Remote"])),
        .target(name: "CSodium", condition: .when(traits: ["Remote"])),
        .target(name: "COpenSSL", condition: .when(traits: ["Remote"])),
      ],
      swiftSettings: strict),
    // What serves most hits before the whole program starts: `make build` compiles it on its own, here
    // it is for the tests.
    .target(name: "CachetronomyFront", dependencies: ["CFront"], swiftSettings: strict),
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
      name: "CachetronomyTests", dependencies: ["Cachetronomy", "CachetronomyFront"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Cachetronomy", "CachetronomyCLI", "CachetronomyFront",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
