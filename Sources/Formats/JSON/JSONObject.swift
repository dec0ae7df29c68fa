/// Members in the order in which they were written, which does not matter to equality.
public struct JSONObject: Sendable {
    public struct Member: Hashable, Sendable {
        public let key: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []
    /// Where each key stands, once there are too many to look through.
    private var places: [String: Int]?
    private static let linearCountMax = 16

    public init() {}

    /// Of a key that occurs twice the last value counts.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        for (key, value) in pairs { self[key] = value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// Setting a new key puts it last; setting nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                places = nil
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Puts a member last whose key is new, as a reader has made sure.
    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if members.count > JSONObject.linearCountMax {
            if places == nil { places = index() } else { places?[key] = members.count - 1 }
        }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[key] }
        return members.firstIndex { $0.key == key }
    }

    private func index() -> [String: Int] {
        Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(Set(members)) }
}
