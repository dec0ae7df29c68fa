import Formats
import TensorCore

/// What there is to know of a checkpoint once all of it was read and held against its checksums.
struct CheckpointVerification: Sendable {
    /// The checksums, as zip files use them, of the tensors that are not in parts.
    let checksums: [String: CRC32]
}

extension CheckpointReader {
    /// This checkpoint in another form, all of it held against its checksums first.
    ///
    /// - Throws: `FormatError`: damage, or, for safetensors and npz, tensors that they cannot hold.
    public func export(_ form: CheckpointForm) throws -> CheckpointExport { try export(form, verification()) }

    /// Reads everything and holds it against its checksums.
    func verification() throws -> CheckpointVerification {
        let entries = index.entriesWithBytes
        let checksums = try zip(entries, files.verify(entries)).filter { index[$0.0.name] != nil }
        return CheckpointVerification(
            checksums: Dictionary(
                checksums.map { ($0.0.name, $0.1) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The same of a checkpoint that was verified before.
    func export(_ form: CheckpointForm, _ verification: CheckpointVerification) throws -> CheckpointExport {
        switch form {
        case .safetensors: try exportSafetensors(verification)
        case .npz: try exportNPZ(verification)
        case .tar: try exportTar()
        }
    }

    private func exportSafetensors(_ verification: CheckpointVerification) throws -> CheckpointExport {
        let contents = try contents(verification)
        let plan = try SafetensorsPlan(
            contents.map { .init(name: $0.name, spec: $0.spec, checksum: $0.crc32c) })
        var export = CheckpointExport(form: .safetensors, identity: identity)
        export.append(plan.header)
        let byName = Dictionary(contents.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for item in plan.items {
            if let content = byName[item.name] { export.append(content.source, item.spec.byteCount) }
        }
        return export
    }

    private func exportNPZ(_ verification: CheckpointVerification) throws -> CheckpointExport {
        var export = CheckpointExport(form: .npz, identity: identity)
        var layout = NPZLayout()
        for content in try contents(verification) {
            export.append(try layout.add(content.name, content.spec, elements: content.crc32))
            export.append(content.source, content.spec.byteCount)
        }
        export.append(layout.end())
        return export
    }

    private func exportTar() throws -> CheckpointExport {
        var export = CheckpointExport(form: .tar, identity: identity)
        func add(_ name: String, _ source: CheckpointExport.Source, _ count: Int) {
            export.append(TarWriter.header(name: name, byteCount: count, time: Int(savedAt)))
            export.append(source, count)
            export.append(TarWriter.padding(after: count))
        }
        let state = ByteRegion(copying: Array(CheckpointState(latest: id, all: [id]).text.utf8))
        add("checkpoint", .memory(state), state.count)
        add(BundleFileNames.index(id), .memory(indexBytes), indexBytes.count)
        for (shard, count) in try index.shardByteCounts().enumerated() {
            let source = files.file(shard).map { CheckpointExport.Source.file($0, offset: 0) }
            add(
                BundleFileNames.data(id, shard: shard, of: index.shardCount),
                source ?? .memory(ByteRegion(copying: [])), count)
        }
        export.append(TarWriter.end)
        return export
    }

    /// One tensor with its checksums and where its bytes are.
    private struct Content {
        let name: String
        let spec: TensorSpec
        let crc32c: CRC32C
        let crc32: CRC32
        let source: CheckpointExport.Source
    }

    /// All tensors; those in parts are put together in memory.
    private func contents(_ verification: CheckpointVerification) throws -> [Content] {
        let specs = try index.entries.map { try $0.spec() }
        return try zip(index.entries, specs).map { entry, spec in
            if entry.slices.isEmpty, let crc32 = verification.checksums[entry.name] {
                let source = files.file(entry.shard).map { CheckpointExport.Source.file($0, offset: entry.offset) }
                return Content(
                    name: entry.name, spec: spec, crc32c: CRC32C(masked: entry.checksum), crc32: crc32,
                    source: source ?? .memory(ByteRegion(copying: [])))
            }
            let region = ByteRegion(try tensor(entry.name))
            var crc32 = CRC32()
            region.withUnsafeBytes { crc32.update($0) }
            return Content(
                name: entry.name, spec: spec, crc32c: region.withUnsafeBytes { CRC32C($0) }, crc32: crc32,
                source: .memory(region))
        }
    }
}
