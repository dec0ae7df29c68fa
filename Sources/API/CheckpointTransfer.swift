import HTTP
import Service
import TensorCore

extension CheckpointForm {
    var mediaType: String {
        switch self {
        case .safetensors: WireForm.safetensors.mediaType
        case .npz: WireForm.npz.mediaType
        case .tar: "application/x-tar"
        }
    }

    init?(mediaType: String) {
        guard let form = CheckpointForm.allCases.first(where: { $0.mediaType == mediaType }) else { return nil }
        self = form
    }
}

extension CheckpointExport {
    /// A range of the bytes, read as the client takes them.
    func stream(_ range: Range<Int>) -> BodyStream {
        BodyStream(count: range.count) { writer in
            var start = range.lowerBound
            while start < range.upperBound {
                let part = start..<min(start + 1 << 20, range.upperBound)
                let piece = try await ComputePool.shared.run {
                    try [UInt8](unsafeUninitializedCapacity: part.count) { buffer, count in
                        count = try self.read(part, into: UnsafeMutableRawBufferPointer(buffer))
                    }
                }
                try await writer.write(HTTPBody(piece))
                start = part.upperBound
            }
        }
    }
}
