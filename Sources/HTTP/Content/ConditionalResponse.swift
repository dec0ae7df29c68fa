extension HTTPResponse {
    /// An answer to GET or HEAD that honours conditions and `Range`: 200, 206 or 304.
    ///
    /// - Parameters:
    ///   - type: the content type.
    ///   - content: `.bytes` or `.file`; others are answered whole.
    ///   - tag: the validator of this content; a range is served only for the very same bytes, so a strong one.
    ///   - modified: when it was last modified, in seconds since 1970.
    /// - Throws: `preconditionFailed` (412) or `rangeNotSatisfiable` (416).
    public static func conditional(
        _ request: HTTPRequest, type: String, content: Body, tag: EntityTag?, modified: Int64? = nil
    ) throws(HTTPError) -> HTTPResponse {
        let count = content.canBeCut ? content.count : nil
        return try conditional(request, type: type, count: count, tag: tag, modified: modified) { range in
            range.map { content.cut(to: $0) } ?? content
        }
    }

    /// The same for content that is made when it is known how much of it is asked for.
    ///
    /// - Parameters:
    ///   - count: bytes of the whole, `nil` for content that cannot be cut.
    ///   - content: gives a range of the bytes, or all of them.
    public static func conditional(
        _ request: HTTPRequest, type: String, count: Int?, tag: EntityTag?, modified: Int64? = nil,
        content: (Range<Int>?) -> Body
    ) throws(HTTPError) -> HTTPResponse {
        var headers = HTTPHeaders()
        if let tag { headers.add("etag", tag.description) }
        if let modified { headers.add("last-modified", HTTPDate.string(fromUnixSeconds: modified)) }
        switch request.judgePreconditions(tag: tag, modified: modified) {
        case .notModified: return HTTPResponse(.notModified, headers: headers)
        case .failed:
            let current = tag.map { "is \($0)" } ?? "has no validator"
            throw HTTPError(.preconditionFailed, "the representation \(current)", headers: headers)
        case .proceed: break
        }
        headers.add("content-type", type)
        guard let count else { return HTTPResponse(.ok, headers: headers, body: content(nil)) }
        headers.add("accept-ranges", "bytes")
        // RFC 9110 §14.2: a range is defined for GET only.
        let isRanged = request.method == .get && request.rangeApplies(tag: tag, modified: modified)
        switch ByteRange(isRanged ? request.headers["range"] : nil, count: count) {
        case .whole: return HTTPResponse(.ok, headers: headers, body: content(nil))
        case .unsatisfiable:
            headers.remove("content-type")
            headers.add("content-range", "bytes */\(count)")
            throw HTTPError(
                .rangeNotSatisfiable, "there are \(count) bytes, none in range '\(request.headers["range"] ?? "")'",
                headers: headers)
        case .part(let range):
            headers.add("content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
            return HTTPResponse(.partialContent, headers: headers, body: content(range))
        }
    }
}

extension HTTPResponse.Body {
    fileprivate var canBeCut: Bool {
        switch self {
        case .bytes, .file: true
        case .none, .pieces, .stream: false
        }
    }

    fileprivate func cut(to range: Range<Int>) -> HTTPResponse.Body {
        switch self {
        case .bytes(let body): .bytes(body.part(range))
        case .file(let slice):
            .file(FileSlice(path: slice.path, offset: slice.offset + range.lowerBound, count: range.count))
        case .none, .pieces, .stream: self
        }
    }
}

extension HTTPBody {
    /// Some of the bytes, without copying them.
    public func part(_ range: Range<Int>) -> HTTPBody {
        let range = range.clamped(to: 0..<count)
        return range.count == count ? self : HTTPBody(partOf: self, range)
    }
}
