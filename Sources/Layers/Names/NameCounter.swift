/// Numbers for names that would otherwise be alike.
struct NameCounter: Sendable {
    private var numbers: [String: Int] = [:]

    /// The next candidate made of `base` and a number. The counter of a base name moves on even past names that turn out to
    /// be taken (N-9).
    ///
    /// - Parameter isZeroBased: whether the first one is `base` alone (N-7) rather than `base_1` (N-96).
    mutating func next(_ base: String, in namespace: String, isZeroBased: Bool) -> String {
        let key = namespace + "\u{0}" + base
        let count = numbers[key, default: 0]
        numbers[key] = count + 1
        let number = isZeroBased ? count : count + 1
        return number == 0 ? base : "\(base)_\(number)"
    }

    /// The first candidate that is not taken.
    mutating func next(
        _ base: String, in namespace: String = "", isZeroBased: Bool, avoiding isTaken: (String) -> Bool
    ) -> String {
        while true {
            let name = next(base, in: namespace, isZeroBased: isZeroBased)
            if !isTaken(name) { return name }
        }
    }
}
