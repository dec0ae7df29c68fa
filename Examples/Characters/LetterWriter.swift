import Strata

/// Writes text with a trained network: the likeliest letter, or another in proportion to its chance.
struct LetterWriter {
    let loop: TrainingLoop
    let alphabet: Alphabet
    /// How many letters back the network looks.
    let steps: Int

    /// - Parameter temperature: below one the likely letters become likelier.
    func write(_ count: Int, after start: String, temperature: Float = 0.7) throws -> String {
        var letters = alphabet.numbers(start)
        let first = letters.count
        let chance = RandomStream(key: 7)
        for place in 0..<count {
            let seen = Array(letters.suffix(steps))
            let scores = try loop.predictOnBatch([Tensor([1, seen.count], seen)])[0]
            let last = scores.slice(from: (seen.count - 1) * alphabet.count, as: [alphabet.count])
            var rest = chance.uniform(UInt64(place))[0]
            let chances = try softmax(last / Double(temperature)).values
            let letter = chances.firstIndex { chance in
                rest -= chance
                return rest < 0
            }
            letters.append(Int32(letter ?? alphabet.count - 1))
        }
        return String(letters[first...].map { alphabet[Int($0)] })
    }
}
