/// The parameters of a query: decoded once, in order, repetitions visible.
///
/// Pairs are split at `&`, a pair at its first `=`; `+` means a space, as forms write it.
public struct QueryParameters: Sendable, Equatable {
    public let pairs: [Pair]

    public struct Pair: Sendable, Equatable {
        public let name: String
        /// `nil` when there was no equals sign.
        public let value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    public init(_ pairs: [Pair] = []) {
        self.pairs = pairs
    }

    /// Reads an encoded query, without its question mark.
    public init(parsing query: String) {
        self.init(parsing: Array(query.utf8)[...])
    }

    init(parsing bytes: ArraySlice<UInt8>) {
        pairs = bytes.split(separator: UInt8(ascii: "&")).map { pair in
            guard let equals = pair.firstIndex(of: .equals) else {
                return Pair(name: Self.decode(pair), value: nil)
            }
            return Pair(name: Self.decode(pair[..<equals]), value: Self.decode(pair[(equals + 1)...]))
        }
    }

    /// The first value of this name: `""` when it came without an equals sign, `nil` when it did not come.
    public subscript(_ name: String) -> String? {
        pairs.first { $0.name == name }.map { $0.value ?? "" }
    }

    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map { $0.value ?? "" }
    }

    /// - Throws: `HTTPError` of kind `malformedQuery` when the name comes more than once: which of them is
    ///   meant is not for the server to guess.
    public func single(_ name: String) throws(HTTPError) -> String? {
        let values = all(name)
        guard values.count <= 1 else {
            throw HTTPError(.malformedQuery, "query parameter '\(name)' is given \(values.count) times")
        }
        return values.first
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: PercentEncoding.decode(bytes, plusIsSpace: true), as: UTF8.self)
    }
}
