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
    // System calls and their errors, random numbers, checksums: what needs no store.
    .target(name: "System", dependencies: ["CPOSIX"], swiftSettings: strict),
    // The library: values, profiles, the store and its tiers.
    .target(
      name: "Cachetronomy", dependencies: ["CSQLite", "CYAML", "CPOSIX", "System"],
      swiftSettings: strict),
    // The tracer of `run --trace`: which files a command uses.
    .target(name: "Trace", dependencies: ["CPOSIX", "System"], swiftSettings: strict),
    // `run`: the key of a command, its inputs, the child process, redaction.
    .target(
      name: "CommandCache", dependencies: ["Cachetronomy", "CPOSIX", "System", "Trace"],
      swiftSettings: strict),
    // `export` and `import`.
    .target(name: "Archive", dependencies: ["Cachetronomy", "System"], swiftSettings: strict),
    // Caches that machines share.
    .target(
      name: "Remotes",
      dependencies: [
        "Cachetronomy", "System",
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
        "Archive", "Cachetronomy", "CommandCache", "CPOSIX", "Remotes", "System", "Trace",
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
      name: "CachetronomyTests",
      dependencies: [
        "Archive", "Cachetronomy", "CachetronomyFront", "CommandCache", "Remotes", "System",
        "Trace",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Archive", "Cachetronomy", "CachetronomyCLI", "CachetronomyFront", "CommandCache",
        "Remotes",
        "System",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
