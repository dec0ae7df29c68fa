// swift-tools-version: 6.1
import PackageDescription

// The floors of the house. A floor imports only floors below it; `make lint` holds this table.
let package = Package(
    name: "strata",
    products: [
        .executable(name: "strata", targets: ["StrataCommand"]),
        .library(name: "Strata", targets: ["Strata"]),
        .executable(name: "digits", targets: ["Digits"]),
        .executable(name: "iris", targets: ["Iris"]),
        .executable(name: "diabetes", targets: ["Diabetes"]),
        .executable(name: "characters", targets: ["Characters"]),
        .library(name: "TensorCore", targets: ["TensorCore"]),
        .library(name: "Operators", targets: ["Operators"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries and the innermost loops.
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CKernels"),

        // The library floors.
        .target(name: "Locking"),
        .target(name: "TensorCore", dependencies: ["CKernels", "COpenBLAS", "CLinux", "Locking"]),
        .target(name: "Operators", dependencies: ["TensorCore", "Locking"]),
        .target(name: "Formats", dependencies: ["TensorCore", "CKernels", "CZlib"]),
        .target(name: "Layers", dependencies: ["Operators", "TensorCore", "Formats", "Locking"]),
        .target(
            name: "Checkpoints",
            dependencies: ["Layers", "Formats", "Operators", "TensorCore", "CLinux", "Locking"]),
        .target(
            name: "Training",
            dependencies: ["Checkpoints", "Layers", "Formats", "Operators", "TensorCore", "Locking"]),

        // The server floors.
        .target(
            name: "Telemetry",
            dependencies: ["Locking", .product(name: "Logging", package: "swift-log")]),
        .target(name: "HTTP"),
        .target(
            name: "HTTPServer",
            dependencies: [
                "HTTP", "COpenSSL", "CZlib", "CLinux", "Telemetry", "Locking",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "Service",
            dependencies: [
                "Training", "Checkpoints", "Layers", "Operators", "TensorCore", "Formats",
                "Telemetry", "CLinux", "Locking",
            ]),
        .target(name: "CContract", exclude: ["openapi.yaml"]),
        .target(
            name: "Access",
            dependencies: [
                "HTTP", "Telemetry", "Locking", "COpenSSL", .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "HTTPClient", dependencies: ["HTTP", "COpenSSL"]),
        .target(name: "API", dependencies: ["HTTP", "Service", "Formats", "TensorCore", "CContract"]),
        .target(
            name: "Strata",
            dependencies: [
                "API", "Access", "HTTPServer", "HTTPClient", "HTTP", "Service", "Training", "Checkpoints", "Formats",
                "Layers", "Operators", "TensorCore", "Telemetry", "Locking", "CLinux",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "StrataCommand",
            dependencies: [
                "Strata", "Access", "HTTPClient", "HTTP", "Formats", "Telemetry",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // What a user of the library writes; each runs by its name, `swift run -c release digits`.
        .target(
            name: "ExampleSupport", dependencies: ["Strata", "Formats"], path: "Examples/Support"),
        .executableTarget(name: "Digits", dependencies: ["ExampleSupport", "Strata"], path: "Examples/Digits"),
        .executableTarget(name: "Iris", dependencies: ["ExampleSupport", "Strata"], path: "Examples/Iris"),
        .executableTarget(name: "Diabetes", dependencies: ["ExampleSupport", "Strata"], path: "Examples/Diabetes"),
        .executableTarget(name: "Characters", dependencies: ["ExampleSupport", "Strata"], path: "Examples/Characters"),
        // A network of one's own in a server of one's own.
        .executableTarget(
            name: "TwoLayerNetworkExample", dependencies: ["Strata"], path: "Examples/TwoLayerNetwork"),

        // The HTTP floors alone, for their benchmarks and for batteries from outside.
        .executableTarget(
            name: "HTTPBenchmarkServer", dependencies: ["HTTP", "HTTPServer", "Telemetry"],
            path: "Benchmarks/http/Server"),

        // JSON and checkpoints alone, for their benchmarks and for judges from outside.
        .executableTarget(
            name: "FormatsBenchmark", dependencies: ["Checkpoints", "Formats", "TensorCore"],
            path: "Benchmarks/formats/Driver"),

        // Operators alone, for `make bench`.
        .executableTarget(
            name: "OperatorsBenchmark", dependencies: ["Strata", "Operators", "TensorCore", "COpenBLAS"],
            path: "Benchmarks/operators/Driver"),

        // Tests mirror the floors.
        .target(
            name: "TestSupport", dependencies: ["Formats", "Operators", "TensorCore"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "CKernels", "TestSupport"]),
        .target(
            name: "LayersTestSupport", dependencies: ["Layers", "Formats", "Operators", "TensorCore", "TestSupport"],
            path: "Tests/LayersTestSupport"),
        .testTarget(
            name: "LayersTests",
            dependencies: ["Layers", "Formats", "Operators", "TensorCore", "LayersTestSupport", "TestSupport"]),
        .testTarget(
            name: "FormatsTests",
            dependencies: [
                "Formats", "TensorCore", "CKernels", "TestSupport", .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: [
                "Checkpoints", "Layers", "Formats", "Operators", "TensorCore", "LayersTestSupport", "TestSupport",
            ]),
        .testTarget(
            name: "OperatorsTests",
            dependencies: ["Operators", "Formats", "TensorCore", "CKernels", "TestSupport", "Locking"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Checkpoints", "Layers", "Formats", "Operators", "TensorCore", "TestSupport"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service", "Training", "Checkpoints", "Layers", "Formats", "Operators", "TensorCore", "TestSupport",
                "Locking",
            ]),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Access", "HTTP", "Service", "Formats", "TensorCore", "TestSupport", "Telemetry", "Locking",
                .product(name: "Logging", package: "swift-log"), .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "GoldenSupport",
            dependencies: ["Training", "Checkpoints", "Layers", "Formats", "Operators", "TensorCore", "TestSupport"],
            path: "Tests/GoldenSupport"),
        .testTarget(name: "GoldenTests", dependencies: ["GoldenSupport", "Formats", "TestSupport"]),
        .executableTarget(name: "golden", dependencies: ["GoldenSupport", "TestSupport"], path: "Tests/GoldenCommand"),
        .testTarget(
            name: "AccessTests",
            dependencies: [
                "Access", "HTTP", "Telemetry", "HTTPTestSupport", "Locking",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "StrataTests", dependencies: ["Strata", "Access", "HTTP", "API", "Service", "TestSupport"]),
        .testTarget(
            name: "StrataCommandTests",
            dependencies: [
                "StrataCommand", "Strata", "HTTPClient", "HTTP",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: [
                "HTTPClient", "HTTP", "HTTPServer", "HTTPTestSupport", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ExamplesTests", dependencies: ["Digits", "Iris", "Diabetes", "Characters", "Strata"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "StrataCommand", "TwoLayerNetworkExample", "Formats", "TensorCore", "HTTP", "HTTPServer",
                "HTTPTestSupport",
                "TestSupport", "Locking", "CLinux", .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "HTTPTestSupport", dependencies: ["HTTP", "HTTPServer", "Telemetry", "Locking"],
            path: "Tests/HTTPTestSupport"),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: [
                "HTTP", "HTTPServer", "HTTPTestSupport", "Telemetry", "Locking", "CZlib", "COpenSSL",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", "HTTPTestSupport", "Locking", .product(name: "Logging", package: "swift-log")]),
    ],
    swiftLanguageModes: [.v6]
)
