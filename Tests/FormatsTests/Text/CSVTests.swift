import TensorCore
import TestSupport
import Testing

@testable import Formats

struct CSVTests {
    private func read(_ text: String) throws -> NamedTensors {
        try Array(text.utf8).withUnsafeBytes { try CSV.read($0) }
    }

    @Test func columnsOfWholeNumbersAreIntegersAndOthersFloats() throws {
        let table = try read("id,x,flag\n9007199254740993,0.5,true\n-2,1e3,false\n")
        #expect(table.names == ["id", "x", "flag"])
        #expect(table["id"]?.scalars(Int64.self) == [9_007_199_254_740_993, -2])
        #expect(table["x"]?.values == [0.5, 1000])
        #expect(table["flag"]?.scalars(Int64.self) == [1, 0])
    }

    @Test func aColumnThatTurnsOutNotToBeWholeKeepsWhatCameBefore() throws {
        #expect(try read("x\n1\ntrue\n2.5\n").pairs[0].tensor.values == [1, 1, 2.5])
        #expect(try read("x\nnan\ninf").pairs[0].tensor.values.map(\.isNaN) == [true, false])
    }

    @Test(arguments: [
        "a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\n1,2", "\u{feff}a,b\n1,2", "\"a\",\"b\"\n\"1\", 2 ", " a , b\n 1 ,2",
    ])
    func quotesLineEndsAndBlanksMakeNoDifference(text: String) throws {
        let table = try read(text)
        #expect(table.names == ["a", "b"])
        #expect(table["a"]?.scalars(Int64.self) == [1] && table["b"]?.scalars(Int64.self) == [2])
    }

    @Test func namesMayHoldCommasAndQuotes() throws {
        #expect(try read("\"a,\"\"b\"\"\"\n3\n").names == ["a,\"b\""])
    }

    @Test func aHeaderAloneIsATableWithoutRows() throws {
        #expect(try read("a,b\n")["b"]?.shape == [0])
    }

    @Test(
        arguments: [
            ("", "header: expected the columns' names"), ("a,,b\n", "expected a name for column 2"),
            ("a,a\n1,2", "the name 'a' occurs twice"),
            ("\"a\nb\"\n1", "expected a name without control characters"),
            ("a,b\n1,2\n3\n", "line 3 at byte 8: expected 2 cells, found 1"),
            ("a,b\n1,2,3\n", "expected 2 cells, found 3"),
            ("a,b\n1,x\n", "line 2, column 'b': expected a number, found 'x'"),
            ("a,b\n1,\n", "line 2, column 'b': expected a number, found nothing"),
            ("a\n\n1", "line 2, column 'a'"), ("a\n\"1", "expected a closing quote"), ("a\n\"1\"2", "expected a comma"),
        ])
    func whatIsWrongIsNamedByLineAndColumn(text: String, message: String) {
        #expect {
            try read(text)
        } throws: { error in
            "\(error)".contains(message)
        }
    }

    @Test func everyPrefixIsReadOrRefused() throws {
        let whole = Array("a,\"b\"\"c\",d\r\n1,2.5,\"3\"\r\n-4,5e2,6\r\n".utf8)
        for end in 0...whole.count {
            _ = whole[..<end].withUnsafeBytes { bytes in try? CSV.read(bytes) }
        }
    }

    @Test func aCellOrARowBeyondTheLimitsIsRefused() {
        var limits = CSV.Limits()
        limits.columnsMax = 2
        limits.cellBytesMax = 4
        for text in ["a,b,c\n", "abcde\n"] {
            #expect(throws: FormatError.self) {
                try Array(text.utf8).withUnsafeBytes { try CSV.read($0, limits: limits) }
            }
        }
    }
}
