import Formats
import LayersTestSupport
import TensorCore
import TestSupport
import Testing

@testable import Checkpoints

/// Finding checkpoints and looking into them.
struct CheckpointPathTests {
    let folder = TemporaryDirectory()
    var path: String { folder.path }

    func save(_ ids: String...) throws {
        let directory = try CheckpointDirectory(path)
        for id in ids { try directory.save(id, ["x": Tensor(Float(id.utf8.count)), "a/b": Tensor([2], [1, 2])]) }
    }

    @Test func theLatestIsWhatTheStateFileSays() throws {
        #expect(try latestCheckpoint(path) == nil)
        #expect(try latestCheckpoint(path + "/nowhere") == nil)
        try save("b-1", "a-2")
        #expect(try latestCheckpoint(path) == path + "/a-2")
        try write(Array(#"model_checkpoint_path: "b-1""#.utf8), to: path + "/checkpoint")
        #expect(try latestCheckpoint(path) == path + "/b-1")
        try write(Array("model_checkpoint_path: \"\(path)/a-2\"".utf8), to: path + "/checkpoint")
        #expect(try latestCheckpoint(path) == path + "/a-2")
        for text in [#"model_checkpoint_path: "gone""#, "nonsense", ""] {
            try write(Array(text.utf8), to: path + "/checkpoint")
            #expect(try latestCheckpoint(path) == nil)
        }
    }

    @Test func variablesAreListedInOrderOfTheirNames() throws {
        try save("c")
        for place in [path, path + "/c"] {
            let variables = try listVariables(place)
            #expect(variables.map(\.name) == ["a/b", "x"])
            #expect(variables.map(\.shape) == [[2], []])
        }
    }

    @Test func oneTensorIsRead() throws {
        try save("c", "longer")
        #expect(try loadVariable(path, "x").values == [6])
        #expect(try loadVariable(path + "/c", "x").values == [1])
        #expect(performing: { try loadVariable(path, "y") }, throws: key(.notFound, "Key y not found in checkpoint"))
    }

    @Test func whatIsNotThereIsRefused() throws {
        #expect(performing: { try listVariables(path) }, throws: key(.value, "Couldn't find 'checkpoint' file"))
        for name in ["/nothing", "/", "/no/where"] {
            let prefix = name == "/" ? path + "/sub/" : path + name
            #expect(
                performing: { try listVariables(prefix) }, throws: key(.notFound, "Failed to find any matching files"))
        }
    }

    @Test func readingTouchesNothing() throws {
        try save("c")
        // What another program is about to finish.
        try write([1], to: path + "/.tmp-d.index")
        let before = try LocalFileSystem().list(path).sorted()
        _ = try loadVariable(path, "x")
        #expect(try LocalFileSystem().list(path).sorted() == before)
    }

    @Test(arguments: ["net_adam", "all_dtypes", "partitioned", "rotation"])
    func whatTensorFlowWroteIsFound(name: String) throws {
        let folder = Goldens.directory + "/tf_checkpoints/" + name
        let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/\(name)/manifest.json"))
        let prefix = manifest["prefix"]?.string ?? "model.ckpt-200"
        #expect(try latestCheckpoint(folder) == "\(folder)/\(prefix)")
        let checkpoint = manifest["checkpoint"] ?? manifest["checkpoints"]?[prefix]
        let tensors = try #require(checkpoint?["tensors"]?.array)
        #expect(try listVariables(folder).map(\.name) == tensors.map { $0["name"]?.string ?? "" })
    }
}
