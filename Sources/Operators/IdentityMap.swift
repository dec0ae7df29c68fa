/// A set of tensor identities, which are consecutive numbers: the low bits are hash enough, so a look-up is a load and
/// a comparison.
@usableFromInline
struct IdentitySet: Sendable {
    /// Zero, which is no identity, marks an empty place. Always a power of two of them, at most half full.
    @usableFromInline var keys: [UInt64] = []
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
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: key) & mask
        while keys[place] != 0 && keys[place] != key { place = (place + 1) & mask }
        return place
    }

    @usableFromInline
    mutating func grow() {
        let old = keys
        keys = Array(repeating: 0, count: max(16, keys.count * 2))
        for key in old where key != 0 { keys[place(of: key)] = key }
    }
}

/// A hash table from tensor identities.
struct IdentityMap<Value: Sendable>: Sendable {
    private var keys: [UInt64] = []
    private var values: [Value?] = []
    private(set) var count = 0

    subscript(key: UInt64) -> Value? {
        guard !keys.isEmpty else { return nil }
        let place = find(key)
        return keys[place] == key ? values[place] : nil
    }

    func contains(_ key: UInt64) -> Bool {
        guard !keys.isEmpty else { return false }
        let place = find(key)
        return keys[place] == key && values[place] != nil
    }

    mutating func set(_ key: UInt64, _ value: Value) {
        if (count + 1) * 2 > keys.count { grow() }
        let place = find(key)
        if keys[place] == 0 {
            keys[place] = key
            count += 1
        }
        values[place] = value
    }

    /// Empties the value of a key without forgetting the key.
    mutating func take(_ key: UInt64) -> Value? {
        guard !keys.isEmpty else { return nil }
        let place = find(key)
        guard keys[place] == key else { return nil }
        return values[place].take()
    }

    private func find(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: key) & mask
        while keys[place] != 0 && keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let old = (keys, values)
        let size = max(16, keys.count * 2)
        keys = Array(repeating: 0, count: size)
        values = Array(repeating: nil, count: size)
        for (key, value) in zip(old.0, old.1) where key != 0 {
            let place = find(key)
            keys[place] = key
            values[place] = value
        }
    }
}
