import Layers
import Operators
import TensorCore

/// One Dense unit without bias.
open class MyNetwork: Network {
    public let dense = Dense(1, usesBias: false)

    public override init(name: String? = nil) throws {
        try super.init(name: name)
        try trackLayer(dense)
    }

    open override func emptyCopy() throws -> Layer { try MyNetwork(name: givenName) }

    open override func call(_ inputs: Tensor) throws -> Tensor { try dense(inputs) }
}

/// Two networks one after the other, made here or outside.
public final class ParentNetwork: Network {
    public let first: Network
    public let second: Network

    public init(_ first: Network? = nil, _ second: Network? = nil, name: String? = nil) throws {
        self.first = try first ?? MyNetwork()
        self.second = try second ?? MyNetwork()
        try super.init(name: name)
        try trackLayers(self.first, self.second)
    }

    public override func emptyCopy() throws -> Layer {
        try ParentNetwork(copied(first), copied(second), name: givenName)
    }

    public override func call(_ inputs: Tensor) throws -> Tensor { try second(first(inputs)) }
}

/// Any layers one after the other, under any class name.
public final class Chain: Network {
    private let chain: [Layer]
    private let named: String?

    /// - Parameter named: the class's name, as far as naming goes.
    public init(_ layers: [Layer] = [], name: String? = nil, named: String? = nil) throws {
        chain = layers
        self.named = named
        try super.init(name: name)
        for layer in layers { try trackLayer(layer) }
    }

    public override var namingClass: String { named ?? "Chain" }

    public override func emptyCopy() throws -> Layer {
        try Chain(try chain.map { try copied($0) }, name: givenName, named: named)
    }

    public override func call(_ inputs: Tensor) throws -> Tensor { try chain.reduce(inputs) { try $1($0) } }
}
