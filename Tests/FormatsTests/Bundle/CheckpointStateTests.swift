import TestSupport
import Testing

@testable import Formats

struct CheckpointStateTests {
    @Test func readsAndWritesWhatTensorFlowWrites() throws {
        for folder in try Goldens.names(in: "tf_checkpoints") {
            guard let bytes = try? Goldens.bytes("tf_checkpoints/\(folder)/checkpoint") else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(try CheckpointState(parsing: text).text == text)
        }
    }

    @Test func keepsOddNames() throws {
        let state = CheckpointState(latest: "a \"b\"\\\n\u{1}é", all: ["x"])
        #expect(state.all == ["x", "a \"b\"\\\n\u{1}é"])
        #expect(try CheckpointState(parsing: state.text) == state)
    }

    @Test func takesWhatLaterVersionsAdd() throws {
        let state = try CheckpointState(
            parsing: """
                # a comment
                model_checkpoint_path: 'a' "b"
                all_model_checkpoint_paths: "\\141b"
                all_model_checkpoint_timestamps: 1.5e9
                last_preserved_timestamp: 12.25
                other { nested: "}" more { x: 1 } }
                number: 5
                """)
        #expect(state.latest == "ab" && state.all == ["ab"])
        #expect(state.timestamps == [1.5e9] && state.lastPreservedTimestamp == 12.25)
        #expect(try CheckpointState(parsing: state.text) == state)
    }

    @Test(arguments: [
        "", "all_model_checkpoint_paths: \"a\"", "model_checkpoint_path: a", "model_checkpoint_path: \"a",
        "model_checkpoint_path:",
        "model_checkpoint_path: \"\\q\"", "model_checkpoint_path: \"\\777\"", "\u{0}", ": \"a\"", "x {",
        "model_checkpoint_path: \"a\nb\"",
    ])
    func refusesWhatMakesNoSense(text: String) {
        #expect(throws: FormatError.self) { try CheckpointState(parsing: text) }
    }

    @Test func survivesDamage() throws {
        let text = Array("model_checkpoint_path: \"a\\n\"\nall_model_checkpoint_paths: 'b'\nx { y: \"z\" }\n".utf8)
        Damage.forEachRandomChange(of: text, count: 5000) { bytes in
            _ = try? bytes.withUnsafeBytes { try CheckpointState(parsing: $0) }
        }
    }
}

struct BundleFileNamesTests {
    @Test func namesFilesAsTensorFlowDoes() {
        #expect(BundleFileNames.data("model.ckpt-5", shard: 1, of: 12) == "model.ckpt-5.data-00001-of-00012")
        let parsed = BundleFileNames.parseData("a.data-00003-of-00004")
        #expect(parsed?.prefix == "a" && parsed?.shard == 3 && parsed?.count == 4)
        #expect(BundleFileNames.parseIndex("a.index") == "a")
        for name in [
            ".data-00000-of-00001", "a.data-0000-of-00001", "a.data-0000x-of-00001", "adata-00000-of-00001", ".index",
            "index",
        ] {
            #expect(BundleFileNames.parseData(name) == nil && BundleFileNames.parseIndex(name) == nil)
        }
    }
}
