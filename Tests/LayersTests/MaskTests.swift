import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// A mask goes from the layer that makes it to the next one that takes one (N-56).
struct MaskTests {
    let x = Tensor([1, 3], [1, 0, 2])

    @Test func n56_aMaskIsTheDefaultOfTheNextLayerThatTakesOne() throws {
        try inBothModes { world in
            let taker = MaskTaker()
            let net = try Chain([MaskMaker(), taker])
            _ = try net(input(in: world))
            #expect(try taker.seen.map { try world.values(cast(try #require($0), to: .float32)) } == [[1, 0, 1]])
        }
    }

    @Test func n56_layersInBetweenPassItOnOrEndIt() throws {
        try inBothModes { world in
            let (passed, ended) = (MaskTaker(), MaskTaker())
            let net = try Chain([MaskMaker(), Doubler(), passed, Doubler(endsMasks: true), ended])
            _ = try net(input(in: world))
            #expect(passed.seen.map { $0 != nil } == [true])
            #expect(ended.seen.map { $0 != nil } == [false])
        }
    }

    @Test func n56_itCrossesTheBordersOfNetworks() throws {
        try inBothModes { world in
            let taker = MaskTaker()
            let net = try Chain([Chain([Chain([MaskMaker()])]), Chain([taker])])
            _ = try net(input(in: world))
            _ = try net(input(in: world))
            #expect(taker.seen.map { $0 != nil } == [true, true])
        }
    }

    @Test func n56_aMaskThatIsGivenWins() throws {
        try inBothModes { world in
            let taker = MaskTaker()
            let net = try GivingNetwork(taker, mask: Tensor([1, 3], [false, false, true]))
            _ = try net(input(in: world))
            #expect(try taker.seen.map { try #require($0).scalars(Bool.self) } == [[false, false, true]])
        }
    }

    @Test func n56_aNetworksMaskIsItsFirstLayers() throws {
        try inBothModes { world in
            let taker = MaskTaker()
            let net = try Sequential([Doubler(), taker])
            let mask = Tensor([1, 3], [true, false, true])
            _ = try net(Tensors(input(in: world)), CallOptions(mask: mask))
            _ = try net(input(in: world))
            #expect(taker.seen.map { $0.map { $0.scalars(Bool.self) } } == [[true, false, true], nil])
        }
    }

    @Test func n56_aTrackedMakerIsHeardOfAllTheWayUp() throws {
        try inBothModes { world in
            let (inner, taker) = (try Sequential(), MaskTaker())
            let net = try Chain([Chain([inner]), taker])
            _ = try net(input(in: world))
            try inner.add(MaskMaker())
            _ = try net(input(in: world))
            #expect(taker.seen.map { $0 != nil } == [false, true])
        }
    }

    @Test func n56_itIsTracedIntoPlans() throws {
        try withFreshNames {
            let taker = MaskTaker()
            let net = try Chain([MaskMaker(), taker])
            let plan = try Plan(tracing: [TensorSpec([nil, 3])], in: VariableStore()) { [try net($0[0])] }
            #expect(try plan.run([x], on: plan.store.lease())[0].values == [1, 0, 2])
            #expect(taker.seen.count == 1 && taker.seen[0] != nil)
        }
    }

    @Test func withoutAMakerNoMaskIsLookedFor() throws {
        try eagerly { _ in
            let doubler = Doubler()
            _ = try Chain([doubler, MaskTaker()])(x)
            #expect(doubler.questions == 0)
        }
    }

    private func input(in world: World) throws -> Tensor { world.isGraph ? try identity(x) : x }
}

/// Masks what is zero.
private final class MaskMaker: Layer {
    override var makesMasks: Bool { true }
    override func call(_ input: Tensor) throws -> Tensor { try identity(input) }
    override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        try notEqual(inputs[0], Tensor(0))
    }
}

/// Notes the masks that it gets; its output is as its input, and masked where it was told.
private final class MaskTaker: Layer {
    private(set) var seen: [Tensor?] = []

    override var accepts: CallArguments { .mask }

    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        seen.append(options.mask)
        guard let mask = options.mask else { return inputs }
        return Tensors(try inputs[0] * cast(mask, to: inputs[0].dtype))
    }
}

/// Knows nothing of masks, or ends them.
private final class Doubler: Layer {
    let endsMasks: Bool
    private(set) var questions = 0

    init(endsMasks: Bool = false) {
        self.endsMasks = endsMasks
        super.init()
    }

    override func call(_ input: Tensor) throws -> Tensor { try input * 2 }

    override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        questions += 1
        return endsMasks ? nil : mask
    }
}

/// Gives a mask of its own to its layer.
private final class GivingNetwork: Network {
    let (maker, taker): (MaskMaker, MaskTaker)
    let mask: Tensor

    init(_ taker: MaskTaker, mask: Tensor) throws {
        (maker, self.taker, self.mask) = (MaskMaker(), taker, mask)
        try super.init()
        try trackLayers(maker, taker)
    }

    override func call(_ input: Tensor) throws -> Tensor {
        try taker(Tensors(maker(input)), CallOptions(mask: mask))[0]
    }
}
