import Strata

/// A text of plain sentences, made up of a few words by chance.
enum ExampleText {
    private static let animals = ["cat", "dog", "owl", "fox", "mouse", "horse"]
    private static let deeds = ["sees", "hears", "follows", "likes"]
    private static let manners = ["small", "old", "quiet", "brown"]
    private static let places = ["in the garden", "by the river", "on the hill", "at night"]

    static func make(sentences: Int, seed: UInt64) -> String {
        let stream = RandomStream(key: seed)
        return (0..<sentences).map { number in
            // Two blocks of four random numbers make a sentence.
            let (first, second) = (stream.block(UInt64(2 * number)), stream.block(UInt64(2 * number + 1)))
            func one(_ words: [String], _ random: UInt32) -> String { words[Int(random) % words.count] }
            return
                "the \(one(manners, first[0])) \(one(animals, first[1])) \(one(deeds, first[2])) the \(one(manners, first[3])) \(one(animals, second[0])) \(one(places, second[1])). "
        }.joined()
    }

    /// Which share of a text's words are words of such texts; the first and the last, which may be cut, do not count.
    static func knownShare(of text: String) -> Double {
        let known = Set(
            (animals + deeds + manners + places.flatMap { $0.split(separator: " ").map(String.init) } + ["the"]))
        let words = text.split { $0 == " " || $0 == "." }.dropFirst().dropLast().map(String.init)
        return words.isEmpty ? 0 : Double(words.count { known.contains($0) }) / Double(words.count)
    }
}
