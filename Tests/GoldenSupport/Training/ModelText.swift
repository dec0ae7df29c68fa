import Formats
import Layers

/// A network as the training cases write it: `Conv2D(6,5,same,relu), MaxPool2/2, Flatten, Dense120 relu, Dense10`.
struct ModelText {
    private let words: [Substring]

    init(_ text: String) {
        var depth = 0
        words = text.split { letter in
            depth += letter == "(" ? 1 : letter == ")" ? -1 : 0
            return letter == "," && depth == 0
        }.map { part in part.drop { $0 == " " } }
    }

    /// The network, called `net` as in the cases.
    ///
    /// - Parameter l2: how the squares of all kernels count.
    func network(l2: Double) throws -> Network {
        var layers: [any SequentialElement] = []
        var normalization: JSONObject?
        for word in words {
            let (name, arguments) = ModelText.parts(word)
            var config: JSONObject
            let className: String
            if name == "BatchNorm" {
                className = "BatchNormalization"
                config = try arguments == ["same"] ? normalization ?? JSONObject() : ModelText.normalization(arguments)
                normalization = config
            } else {
                (className, config) = try ModelText.layer(String(word), name, arguments)
            }
            if l2 != 0 {
                let keys: [String] =
                    switch className {
                    case "Dense", "Conv1D", "Conv2D", "Conv3D": ["kernel_regularizer"]
                    case "LSTM", "GRU", "SimpleRNN": ["kernel_regularizer", "recurrent_regularizer"]
                    default: []
                    }
                for key in keys { config[key] = ["class_name": "L2", "config": ["l2": .double(l2)]] }
            }
            let layer = try LayerCatalog.layer(
                ["class_name": .string(className), "config": .object(config)], path: String(word))
            layers.append(layer)
        }
        return try Sequential(layers, name: "net")
    }

    /// `Conv2D(6,5,same)` into `Conv2D` and its arguments; other words into themselves.
    private static func parts(_ word: Substring) -> (name: String, arguments: [String]) {
        guard let open = word.firstIndex(of: "("), word.hasSuffix(")") else { return (String(word), []) }
        let inside = word[word.index(after: open)...].dropLast()
        return (
            String(word[..<open]),
            inside.split(separator: ",").map { String($0.drop { $0 == " " }) }
        )
    }

    private static func layer(
        _ word: String, _ name: String, _ arguments: [String]
    ) throws -> (className: String, config: JSONObject) {
        switch name {
        case "Conv1D", "Conv2D", "Conv3D":
            guard arguments.count >= 3, let filters = Int(arguments[0]), let extent = Int(arguments[1]) else { break }
            var config = JSONObject([
                ("filters", .integer(filters)), ("kernel_size", .integer(extent)), ("padding", .string(arguments[2])),
            ])
            for argument in arguments.dropFirst(3) {
                if argument == "no bias" {
                    config["use_bias"] = false
                } else {
                    config["activation"] = .string(argument)
                }
            }
            return (name, config)
        case "Keras LSTM", "Keras GRU", "Keras SimpleRNN", "LSTM", "GRU", "SimpleRNN":
            guard let units = arguments.first.flatMap(Int.init) else { break }
            return (String(name.split(separator: " ").last ?? ""), JSONObject([("units", .integer(units))]))
        case "mean over height and width": return ("GlobalAveragePooling2D", JSONObject())
        case "Flatten": return ("Flatten", JSONObject())
        default:
            for (prefix, className) in [("MaxPool", "MaxPooling2D"), ("AvgPool", "AveragePooling2D")]
            where name.hasPrefix(prefix) {
                let extents = name.dropFirst(prefix.count).split(separator: "/").compactMap { Int($0) }
                guard extents.count == 2 else { break }
                return (
                    className,
                    JSONObject([("pool_size", .integer(extents[0])), ("strides", .integer(extents[1]))])
                )
            }
            if name.hasPrefix("Dense") {
                let parts = name.dropFirst(5).split(separator: " ")
                guard let units = parts.first.flatMap({ Int($0) }) else { break }
                var config = JSONObject([("units", .integer(units))])
                if parts.count > 1 { config["activation"] = .string(parts.dropFirst().joined(separator: " ")) }
                return ("Dense", config)
            }
            return ("Activation", JSONObject([("activation", .string(name))]))
        }
        throw GoldenFailure("there is no layer '\(word)'")
    }

    /// `momentum .9, eps 1e-3, unfused`
    private static func normalization(_ arguments: [String]) throws -> JSONObject {
        var config = JSONObject()
        for argument in arguments {
            let parts = argument.split(separator: " ")
            switch (parts.first ?? "", parts.count) {
            case ("unfused", 1): config["fused"] = false
            case ("fused", 1): config["fused"] = true
            case ("momentum", 2): config["momentum"] = try .double(number(parts[1]))
            case ("eps", 2): config["epsilon"] = try .double(number(parts[1]))
            default: throw GoldenFailure("batch normalization has no setting '\(argument)'")
            }
        }
        return config
    }

    private static func number(_ text: Substring) throws -> Double {
        guard let number = Double(text.hasPrefix(".") ? "0" + text : String(text)) else {
            throw GoldenFailure("'\(text)' is no number")
        }
        return number
    }
}
