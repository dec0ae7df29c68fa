import Formats
import Operators
import TensorCore

/// `x · scale + offset`, with one number for all or one for each of the last axis. Whole numbers become floats before.
///
/// - Source: tf.keras.layers.Rescaling.
public final class Rescaling: StatelessLayer, ConfigurableLayer {
    public let scale: [Double]
    public let offset: [Double]

    public init(_ scale: Double, offset: Double = 0, name: String? = nil) {
        self.scale = [scale]
        self.offset = [offset]
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        guard let scale = try configuration.numbers("scale") else {
            throw LayerError(.value, "Rescaling needs \(configuration.path).scale")
        }
        self.scale = scale
        offset = try configuration.numbers("offset") ?? [0]
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("scale", numbers: scale)
        settings.set("offset", numbers: offset)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let x = x.dtype.isFloatingPoint ? x : try cast(x, to: floatingDType)
        let scaled = scale.count == 1 ? try x * scale[0] : try x * cast(Tensor([scale.count], scale), to: x.dtype)
        return offset.count == 1
            ? try scaled + offset[0] : try scaled + cast(Tensor([offset.count], offset), to: x.dtype)
    }
}

extension LayerConfiguration {
    /// One number or several; nil where the JSON does not say.
    func numbers(_ key: String) throws -> [Double]? {
        guard let value = json(key) else { return nil }
        func flat(_ value: JSONValue) throws -> [Double] {
            if let number = value.double, number.isFinite { return [number] }
            guard let array = value.array else { throw wrongValue(key, "a number or an array of numbers") }
            return try array.flatMap(flat)
        }
        return try flat(value)
    }
}

extension LayerSettings {
    /// A lone number, or an array of several.
    mutating func set(_ key: String, numbers: [Double]?) {
        guard let numbers, numbers.count != 1 else { return set(key, numbers?[0]) }
        set(key, json: .array(numbers.map { .double($0) }))
    }
}
