import Checkpoints
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// The examples of `docs/NETWORK.md` that have to do with checkpoints, each on a line of its own as it stands there.
struct CheckpointExampleTests {
    let folder = TemporaryDirectory()

    @Test func howNetworksAreSavedAndRestored() throws {
        let directory = folder.path
        try withFreshNames {
            let net = try TwoLayerNetwork(name: "net")
            _ = try net(Tensor.ones([1, 8]))
            let prefix = try saveNetworkCheckpoint(net, directory, globalStep: 10)
            #expect(prefix == directory + "/net-10")
            try restoreNetworkCheckpoint(net, prefix)
            let full = try saveNetworkCheckpoint(net, directory + "/full", map: { $0 })
            #expect(try listVariables(full).map(\.name).first == "net/dense/bias")
            #expect(try latestCheckpoint(directory) == directory + "/full")
            #expect(try loadVariable(prefix, "dense/kernel").shape == [8, 16])
            let saver = try Saver(net.variables, maxToKeep: 3)
            let path = try saver.save(directory + "/model.ckpt", globalStep: 25)
            try saver.restore(path)
        }
    }
}
