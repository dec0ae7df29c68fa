/// Where an identity stands in a table with as many bits. Identities are consecutive numbers, which multiplying by 2⁶⁴
/// over the golden ratio spreads evenly (Knuth, *The Art of Computer Programming*, volume 3, §6.4): their low bits
/// alone would put two runs of them in each other's way.
@inlinable @inline(__always)
func identityPlace(_ key: UInt64, shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
}

/// A set of tensor identities.
@usableFromInline
struct IdentitySet: Sendable {
    /// Zero, which is no identity, marks an empty place. Always a power of two of them, at most half full.
    @usableFromInline var keys: [UInt64] = []
    @usableFromInline var shift: UInt64 = 64
    @usableFromInline var count = 0

    @usableFromInline init() {}

    @inlinable
    func contains(_ key: UInt64) -> Bool {
        keys.isEmpty ? false : keys[place(of: key)] == key
    }

    @inlinable
    mutating func insert(_ key: UInt64) {
        if (count + 1) * 2 > keys.count { grow() }
        let place = place(of: key)
        if keys[place] == 0 {
            keys[place] = key
            count += 1
        }
    }

    @inlinable
    func place(of key: UInt64) -> Int {
        let mask = keys.count &- 1
        var place = identityPlace(key, shift: shift)
        while keys[place] != 0 && keys[place] != key { place = (place &+ 1) & mask }
        return place
    }

    @usableFromInline
    mutating func grow() {
        let old = keys
        keys = Array(repeating: 0, count: max(16, keys.count * 2))
        shift = UInt64(64 - keys.count.trailingZeroBitCount)
        for key in old where key != 0 { keys[place(of: key)] = key }
    }
}

/// A hash table from tensor identities.
struct IdentityMap<Value: Sendable>: Sendable {
    private var places = IdentitySet()
    private var values: [Value?] = []

    subscript(key: UInt64) -> Value? {
        guard !values.isEmpty else { return nil }
        let place = places.place(of: key)
        return places.keys[place] == key ? values[place] : nil
    }

    func contains(_ key: UInt64) -> Bool {
        guard !values.isEmpty else { return false }
        let place = places.place(of: key)
        return places.keys[place] == key && values[place] != nil
    }

    mutating func set(_ key: UInt64, _ value: Value) {
        if (places.count + 1) * 2 > values.count { grow() }
        places.insert(key)
        values[places.place(of: key)] = value
    }

    /// Empties the value of a key without forgetting the key.
    mutating func take(_ key: UInt64) -> Value? {
        guard !values.isEmpty else { return nil }
        let place = places.place(of: key)
        guard places.keys[place] == key else { return nil }
        return values[place].take()
    }

    private mutating func grow() {
        let old = (places.keys, values)
        places.grow()
        values = Array(repeating: nil, count: places.keys.count)
        for (key, value) in zip(old.0, old.1) where key != 0 { values[places.place(of: key)] = value }
    }
}
