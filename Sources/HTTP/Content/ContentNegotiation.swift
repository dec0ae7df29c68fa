/// Chooses between forms of an answer by what the client prefers (RFC 9110 §12).
public enum ContentNegotiation {
    /// The best of the media types on offer, by quality, then by the order of the offer.
    ///
    /// - Parameters:
    ///   - accept: the value of `Accept`; without one everything is acceptable.
    ///   - offered: types such as `application/json`, the server's favourite first.
    /// - Returns: `nil` when none is acceptable: 406.
    public static func mediaType(_ accept: String?, offered: [String]) -> String? {
        guard let accept, !accept.utf8.allSatisfy(\.isOptionalWhitespace) else { return offered.first }
        let list = QualityList(accept)
        return best(offered) { type in mediaQuality(type, list) }
    }

    /// The coding of an answer: gzip or deflate where the client accepts them, otherwise identity.
    ///
    /// - Parameter acceptEncoding: the value of `Accept-Encoding`; without one, nothing is coded.
    public static func contentCoding(_ acceptEncoding: String?) -> ContentCoding {
        guard let acceptEncoding else { return .identity }
        let list = QualityList(acceptEncoding)
        let codings: [ContentCoding] = [.gzip, .deflate]
        let chosen = best(codings) { coding in
            // RFC 9110 §8.4.1.3: the old name means the same.
            let names = coding == .gzip ? ["gzip", "x-gzip"] : [coding.rawValue]
            return (list.elements.first { names.contains($0.name) } ?? list.elements.first { $0.name == "*" })?.quality
                ?? 0
        }
        guard let chosen else { return .identity }
        // A client that wants the plain form more, gets it.
        let identity = list.elements.first { $0.name == "identity" }?.quality ?? 0
        let quality = list.elements.first { $0.name == chosen.rawValue }?.quality ?? 1
        return identity > quality ? .identity : chosen
    }

    /// Whether a `Content-Type` names this media type, whatever its parameters.
    public static func isMediaType(_ contentType: String, _ type: String) -> Bool {
        isMediaType(Array(contentType.utf8)[...], type)
    }

    /// The same of a field's bytes.
    public static func isMediaType(_ contentType: ArraySlice<UInt8>, _ type: String) -> Bool {
        let end = contentType.firstIndex(of: .semicolon) ?? contentType.endIndex
        return contentType[..<end].trimmingOptionalWhitespace.equalsIgnoringCase(type.utf8)
    }

    private static func best<Offer>(_ offered: [Offer], quality: (Offer) -> Int) -> Offer? {
        var chosen: Offer?
        var highest = 0
        for offer in offered {
            let quality = quality(offer)
            if quality > highest { (chosen, highest) = (offer, quality) }
        }
        return chosen
    }

    /// RFC 9110 §12.5.1: of all ranges that fit, the most specific one counts.
    private static func mediaQuality(_ type: String, _ list: QualityList) -> Int {
        let parts = type.lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
        let essence = parts.first ?? ""
        let group = essence.split(separator: "/").first.map { "\($0)/*" } ?? ""
        var quality = 0
        var specificity = -1
        for element in list.elements {
            let rank: Int
            switch element.name {
            case essence where element.parameters.allSatisfy(parts.dropFirst().contains):
                rank = 2 + element.parameters.count
            case group: rank = 1
            case "*/*", "*": rank = 0
            default: continue
            }
            if rank > specificity { (quality, specificity) = (element.quality, rank) }
        }
        return quality
    }
}
