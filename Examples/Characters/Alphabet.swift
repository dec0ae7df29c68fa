/// The letters of a text, numbered.
struct Alphabet {
    private let letters: [Character]
    private let places: [Character: Int32]

    init(of text: String) {
        letters = Set(text).sorted()
        places = Dictionary(uniqueKeysWithValues: letters.enumerated().map { ($1, Int32($0)) })
    }

    var count: Int { letters.count }

    /// The numbers of a text's letters; letters that are not in the alphabet are left out.
    func numbers(_ text: String) -> [Int32] { text.compactMap { places[$0] } }

    subscript(number: Int) -> Character { letters[number] }
}
