/// Figures under their names, in the order in which they came.
public struct Logs: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let value: Double

        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var entries: [Entry] = []

    public init(_ entries: [(String, Double)] = []) { self.entries = entries.map(Entry.init) }

    /// The figure of a name; setting nil takes it out.
    public subscript(name: String) -> Double? {
        get { entries.first { $0.name == name }?.value }
        set {
            let place = entries.firstIndex { $0.name == name }
            switch (newValue, place) {
            case (let value?, let place?): entries[place] = Entry(name: name, value: value)
            case (let value?, nil): entries.append(Entry(name: name, value: value))
            case (nil, let place?): entries.remove(at: place)
            case (nil, nil): break
            }
        }
    }

    /// These and then others, whose names get `prefix`.
    func adding(_ others: Logs, prefix: String) -> Logs {
        var sum = self
        for entry in others.entries { sum[prefix + entry.name] = entry.value }
        return sum
    }
}
