/// The reference's name for a class: `TwoLayerNetwork` is `two_layer_network`.
///
/// An underscore goes before every capital that begins a word of small letters, then between a small letter and a capital;
/// all becomes small, and what begins with an underscore is called private (N-6). Digits do not belong to a word:
/// `GRU4Rec` was observed to become `gru4_rec`.
public func snakeCase(_ className: String) -> String {
    let characters = Array(className.unicodeScalars)
    func isCapital(_ index: Int) -> Bool { index < characters.count && ("A"..."Z").contains(characters[index]) }
    func isSmall(_ index: Int) -> Bool { index < characters.count && ("a"..."z").contains(characters[index]) }

    // First pass: (.)([A-Z][a-z]+) → \1_\2, without overlaps.
    var separated: [Unicode.Scalar] = []
    var index = 0
    while index < characters.count {
        separated.append(characters[index])
        if isCapital(index + 1), isSmall(index + 2) {
            separated.append("_")
            separated.append(characters[index + 1])
            index += 2
            while isSmall(index) {
                separated.append(characters[index])
                index += 1
            }
        } else {
            index += 1
        }
    }

    // Second pass: ([a-z])([A-Z]) → \1_\2.
    var name = ""
    for (place, character) in separated.enumerated() {
        if place > 0, ("a"..."z").contains(separated[place - 1]), ("A"..."Z").contains(character) { name += "_" }
        name += String(character).lowercased()
    }
    return name.hasPrefix("_") ? "private" + name : name
}
