import Operators
import TensorCore

/// Several cells one on top of the other, as one: each takes the output of the one below.
///
/// - Source: tf.keras.layers.StackedRNNCells.
public final class StackedRNNCells: RecurrentCell, ConfigurableLayer {
    public let cells: [RecurrentCell]

    public init(_ cells: [RecurrentCell], name: String? = nil) throws {
        self.cells = cells
        super.init(layerName: name)
        try holdCells()
    }

    public init(configuration: LayerConfiguration) throws {
        cells = try configuration.layers("cells").enumerated().map { index, layer in
            try configuration.cell(layer, "cells[\(index)]")
        }
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
        try holdCells()
    }

    private func holdCells() throws {
        guard !cells.isEmpty else { throw LayerError(.value, "StackedRNNCells needs at least one cell") }
        var taken: Set<String> = []
        for cell in cells {
            // Beside each other, cells that were given no name get a number.
            let base = cell.givenName ?? cell.baseName
            var name = base
            var number = 0
            while !taken.insert(name).inserted {
                number += 1
                name = "\(base)_\(number)"
            }
            hold(cell, as: name)
        }
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("cells", cells) }

    public override var treatsExamplesAlone: Bool { cells.allSatisfy(\.treatsExamplesAlone) }

    public override var stateShapes: [Shape] { cells.flatMap(\.stateShapes) }
    public override var resultShape: Shape { cells.last?.resultShape ?? [] }

    public override func build(_ inputShape: Shape) throws {
        var shape = inputShape
        for cell in cells {
            try buildHeld(cell, for: [shape])
            shape = cell.resultShape.inserting(Shape.unknown, at: 0)
        }
    }

    public override func noise(for x: Tensor, batchAxis: Int, training: Bool) throws -> [Tensor] {
        noiseCounts = []
        return try cells.flatMap { cell in
            let noise = try cell.noise(for: x, batchAxis: batchAxis, training: training)
            noiseCounts.append(noise.count)
            return noise
        }
    }

    /// How much of the noise is each cell's.
    private var noiseCounts: [Int] = []

    private func parts(of noise: [Tensor]) -> [[Tensor]] {
        guard !noise.isEmpty else { return cells.map { _ in [] } }
        var rest = noise[...]
        return noiseCounts.map { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    public override func project(_ x: Tensor, noise: [Tensor]) throws -> Tensor {
        try cells[0].project(x, noise: parts(of: noise)[0])
    }

    public override func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        var rest = states[...]
        var next: [Tensor] = []
        var y = x
        for (index, (cell, noise)) in zip(cells, parts(of: noise)).enumerated() {
            let own = Array(rest.prefix(cell.stateShapes.count))
            rest = rest.dropFirst(own.count)
            let input = index == 0 ? y : try cell.project(y, noise: noise)
            let result = try cell.step(input, own, noise: noise)
            next += result.states
            y = result.output
        }
        return (y, next)
    }
}

extension LayerConfiguration {
    /// A layer that must be a cell.
    func cell(_ layer: Layer, _ key: String) throws -> RecurrentCell {
        guard let cell = layer as? RecurrentCell else {
            throw LayerError(.type, "\(path).\(key) must be a recurrent cell, but it is a \(layer.namingClass)")
        }
        return cell
    }
}
