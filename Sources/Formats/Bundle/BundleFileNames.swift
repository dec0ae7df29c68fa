/// What the files of a checkpoint are called.
public enum BundleFileNames {
    public static func index(_ prefix: String) -> String { prefix + ".index" }

    /// `model.ckpt.data-00000-of-00001`
    public static func data(_ prefix: String, shard: Int, of count: Int) -> String {
        "\(prefix).data-\(fiveDigits(shard))-of-\(fiveDigits(count))"
    }

    /// The prefix and the numbers in a data file's name; nil for any other name.
    public static func parseData(_ name: String) -> (prefix: String, shard: Int, count: Int)? {
        // ".data-" and two numbers of five digits with "-of-" between them.
        let tail = Array(name.utf8.suffix(20))
        guard name.utf8.count > 20, tail.starts(with: ".data-".utf8), tail[11..<15].elementsEqual("-of-".utf8),
            let shard = number(tail[6..<11]), let count = number(tail[15...])
        else { return nil }
        return (String(decoding: name.utf8.dropLast(20), as: UTF8.self), shard, count)
    }

    /// The prefix in an index file's name.
    public static func parseIndex(_ name: String) -> String? {
        name.hasSuffix(".index") && name.utf8.count > 6 ? String(name.dropLast(6)) : nil
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
