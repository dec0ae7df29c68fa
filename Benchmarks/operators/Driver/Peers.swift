import Glibc

/// The figures of other programs, by the names of ours: lines of a name, a tab and a number in the unit of the row.
struct Peers {
    private var figures: [String: Double] = [:]

    init() {}

    init(file path: String) throws {
        guard let file = fopen(path, "re") else { throw PeersError(path: path) }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let fields = String(decoding: text, as: UTF8.self).split { $0 == "\t" || $0 == "\n" }
            guard fields.count == 2, let figure = Double(fields[1]) else { continue }
            figures[String(fields[0])] = figure
        }
    }

    subscript(name: String) -> Double? { figures[name] }
}

struct PeersError: Error, CustomStringConvertible {
    let path: String
    var description: String { "cannot read the peers' figures in \(path)" }
}
