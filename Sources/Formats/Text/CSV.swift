import TensorCore

/// Tables of numbers as comma-separated values (RFC 4180): a header with the columns' names, then one row in each line.
///
/// A column whose cells are all whole numbers becomes int64, any other float32; `true` and `false` are 1 and 0. Cells and
/// names may be quoted, lines end in LF or CRLF, and a byte order mark is passed over.
public enum CSV {
    /// What a table may ask for.
    public struct Limits: Sendable {
        public var columnsMax = 65_536
        /// Bytes of one cell.
        public var cellBytesMax = 4096
        public init() {}
    }

    /// Reads all columns, each a tensor `[rows]`.
    ///
    /// - Throws: `FormatError` naming the line and the column of the first cell that is wrong.
    public static func read(
        _ bytes: UnsafeRawBufferPointer, limits: Limits = Limits()
    ) throws(FormatError) -> NamedTensors {
        var scanner = CSVScanner(bytes, limits)
        let names = try scanner.row(expecting: nil)
        guard !names.isEmpty else {
            throw FormatError(.csv, "header", .malformed(expected: "the columns' names", found: "nothing"))
        }
        var columns: [CSVColumn] = []
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else {
                throw FormatError(
                    .csv, "header", .malformed(expected: "a name for column \(index + 1)", found: "nothing"))
            }
            try TensorNames.check(name, .csv)
            columns.append(CSVColumn(name: name))
        }
        while !scanner.isAtEnd {
            let line = scanner.line
            let cells = try scanner.row(expecting: names.count)
            for (index, cell) in cells.enumerated() {
                guard columns[index].add(cell) else {
                    throw FormatError(
                        .csv, "line \(line), column \(quoted(columns[index].name))",
                        .malformed(expected: "a number", found: cell.isEmpty ? "nothing" : quoted(cell)))
                }
            }
        }
        var table = NamedTensors()
        for column in columns { try table.insert(try column.tensor(), named: column.name, format: .csv) }
        return table
    }
}

/// The cells of one column so far.
private struct CSVColumn {
    let name: String
    private var integers: [Int64] = []
    /// Once a cell was no whole number.
    private var numbers: [Float]?

    init(name: String) { self.name = name }

    /// - Returns: false for what is no number.
    mutating func add(_ cell: String) -> Bool {
        if numbers == nil {
            if let integer = CSVColumn.integer(cell) {
                integers.append(integer)
                return true
            }
            numbers = integers.map(Float.init)
            integers = []
        }
        guard let number = Float(cell) ?? CSVColumn.integer(cell).map(Float.init) else { return false }
        numbers?.append(number)
        return true
    }

    private static func integer(_ cell: String) -> Int64? {
        switch cell {
        case "true", "True", "TRUE": 1
        case "false", "False", "FALSE": 0
        default: Int64(cell)
        }
    }

    func tensor() throws(FormatError) -> Tensor {
        let count = numbers?.count ?? integers.count
        guard count <= Shape.extentMax else {
            throw FormatError(.csv, "column \(quoted(name))", .limit(max: Shape.extentMax, found: count))
        }
        return numbers.map { Tensor([count], $0) } ?? Tensor([count], integers)
    }
}

/// Takes a table apart, line by line.
private struct CSVScanner {
    private let bytes: UnsafeRawBufferPointer
    private let limits: CSV.Limits
    private var offset = 0
    /// The line that comes next, from 1.
    private(set) var line = 1

    init(_ bytes: UnsafeRawBufferPointer, _ limits: CSV.Limits) {
        self.bytes = bytes
        self.limits = limits
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    }

    var isAtEnd: Bool { offset >= bytes.count }

    /// The cells of the next line; an empty one is a row only where rows have one column.
    mutating func row(expecting count: Int?) throws(FormatError) -> [String] {
        guard !isAtEnd else { return [] }
        let start = offset
        let number = line
        var cells: [String] = []
        while true {
            guard cells.count < limits.columnsMax else {
                throw FormatError(
                    .csv, "line \(number)", at: start, .limit(max: limits.columnsMax, found: cells.count + 1))
            }
            cells.append(try cell(number))
            guard !isAtEnd, bytes[offset] == UInt8(ascii: ",") else { break }
            offset += 1
        }
        endLine()
        guard count == nil || cells.count == count else {
            throw FormatError(
                .csv, "line \(number)", at: start,
                .malformed(expected: "\(count ?? 0) cells", found: "\(cells.count)"))
        }
        return cells
    }

    private mutating func endLine() {
        if !isAtEnd, bytes[offset] == UInt8(ascii: "\r") { offset += 1 }
        if !isAtEnd, bytes[offset] == UInt8(ascii: "\n") { offset += 1 }
        line += 1
    }

    private mutating func cell(_ number: Int) throws(FormatError) -> String {
        while !isAtEnd, bytes[offset] == UInt8(ascii: " ") { offset += 1 }
        if !isAtEnd, bytes[offset] == UInt8(ascii: "\"") { return try quotedCell(number) }
        let start = offset
        while !isAtEnd, !isEnd(bytes[offset]) { offset += 1 }
        var end = offset
        while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return try text(Array(bytes[start..<end]), number, at: start)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// A quote within is written twice.
    private mutating func quotedCell(_ number: Int) throws(FormatError) -> String {
        let start = offset
        offset += 1
        var content: [UInt8] = []
        while !isAtEnd {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\"") {
                guard !isAtEnd, bytes[offset] == UInt8(ascii: "\"") else {
                    while !isAtEnd, bytes[offset] == UInt8(ascii: " ") { offset += 1 }
                    guard isAtEnd || isEnd(bytes[offset]) else {
                        throw FormatError(
                            .csv, "line \(number)", at: offset,
                            .malformed(expected: "a comma behind a quoted cell", found: "more"))
                    }
                    return try text(content, number, at: start)
                }
                offset += 1
            }
            content.append(byte)
        }
        throw FormatError(.csv, "line \(number)", at: start, .malformed(expected: "a closing quote", found: "the end"))
    }

    private func text(_ content: [UInt8], _ number: Int, at start: Int) throws(FormatError) -> String {
        guard content.count <= limits.cellBytesMax else {
            throw FormatError(
                .csv, "line \(number)", at: start, .limit(max: limits.cellBytesMax, found: content.count))
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw FormatError(.csv, "line \(number)", at: start, .malformed(expected: "UTF-8", found: "other bytes"))
        }
        return text
    }
}
