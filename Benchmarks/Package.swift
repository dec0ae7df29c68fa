// swift-tools-version: 6.1
import PackageDescription

// Measured, not tested: `make bench` runs these in release. One file per group of figures.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "strata", path: "..")],
    targets: [
        .executableTarget(
            name: "operators",
            dependencies: [
                .product(name: "TensorCore", package: "strata"), .product(name: "Operators", package: "strata"),
                .product(name: "Strata", package: "strata"),
            ],
            path: "Sources/OperatorBenchmarks")
    ],
    swiftLanguageModes: [.v6]
)
