import Formats
import HTTP
import TensorCore

/// A form in which tensors travel.
enum WireForm: String, CaseIterable {
    case json = "application/json"
    case npy = "application/x-npy"
    case npz = "application/x-npz"
    case safetensors = "application/vnd.safetensors"

    var mediaType: String { rawValue }

    /// All of them, in a list that is made once.
    static let all = WireForm.allCases
}

extension HTTPRequest {
    /// The form of the body. None is labelled JSON, and so is what `curl -d` sends, unless a browser's form sent it: that
    /// must not reach the service.
    func bodyForm(_ taken: [WireForm] = WireForm.all) throws(HTTPError) -> WireForm {
        guard let type = headers.bytes(of: "content-type") else { return .json }
        if let form = taken.first(where: { ContentNegotiation.isMediaType(type, $0.mediaType) }) { return form }
        if ContentNegotiation.isMediaType(type, "application/x-www-form-urlencoded"), !headers.contains("origin") {
            return .json
        }
        let names = taken.map(\.mediaType).joined(separator: ", ")
        throw HTTPError(
            .unsupportedMediaType,
            "content-type is '\(String(decoding: type, as: UTF8.self))', but this takes \(names)",
            headers: ["accept": names])
    }

    /// The form of the answer: what `Accept` asks for, else `standard`.
    func answerForm(_ standard: WireForm, offered: [WireForm] = WireForm.all) throws(HTTPError) -> WireForm {
        guard let accept = headers["accept"] else { return standard }
        // The standard form first, so that it wins where the client is indifferent.
        let types = [standard.mediaType] + offered.filter { $0 != standard }.map(\.mediaType)
        guard let chosen = ContentNegotiation.mediaType(accept, offered: types) else {
            throw HTTPError(
                .notAcceptable, "accept is '\(accept)', but this gives \(types.joined(separator: ", "))")
        }
        return WireForm(rawValue: chosen) ?? standard
    }

    /// The tensors of a binary body; a lone npy is called `inputs`, or as the caller says.
    func binaryTensors(_ form: WireForm, loneName: String = "inputs") throws -> NamedTensors {
        let region = body.withUnsafeBytes { ByteRegion($0, owner: body) }
        switch form {
        case .npy: return [loneName: try NPY.read(region)]
        case .npz:
            var limits = NPZ.Limits()
            // What unpacks to more than a thousand times its size is no array of numbers.
            limits.bytesMax = max(1 << 20, body.count.multipliedReportingOverflow(by: 1032).partialValue)
            return try NPZ.read(region, limits: limits)
        case .safetensors: return try SafetensorsReader(region).tensors()
        case .json: return [:]
        }
    }

    /// Refuses a body that is labelled as something other than JSON.
    func requireJSON() throws(HTTPError) { _ = try bodyForm([.json]) }
}

extension HTTPResponse {
    /// Tensors in a binary form; their own memory is sent, not copies of it.
    static func tensors(_ tensors: NamedTensors, _ form: WireForm) throws -> HTTPResponse {
        let pieces =
            switch form {
            case .npy:
                if let only = tensors.pairs.first, tensors.count == 1 {
                    NPY.pieces(only.tensor)
                } else {
                    throw HTTPError(
                        .notAcceptable,
                        "\(form.mediaType) holds one array, but there are \(tensors.count); ask for application/x-npz")
                }
            case .npz: try NPZ.pieces(tensors)
            case .safetensors, .json: try SafetensorsPlan.pieces(tensors)
            }
        let bodies = pieces.map {
            HTTPBody(adopting: UnsafeRawBufferPointer(start: $0.pointer, count: $0.count), owner: $0.owner)
        }
        return HTTPResponse(.ok, headers: ["content-type": form.mediaType], body: .pieces(bodies))
    }
}
