import Testing

@testable import Operators

struct IdentityMapTests {
    @Test func keepsWhatCollides() {
        var map = IdentityMap<Int>()
        var set = IdentitySet()
        let keys = (1...200).map { UInt64($0 * 64) } + (1...200).map { UInt64($0) }
        for (index, key) in keys.enumerated() {
            map.set(key, index)
            set.insert(key)
        }
        for key in keys {
            #expect(map[key] == keys.lastIndex(of: key))
            #expect(set.contains(key))
        }
        #expect(map[7777] == nil)
        #expect(!set.contains(7777))
        #expect(map.take(64) != nil)
        #expect(map[64] == nil && !map.contains(64) && map[128] != nil)
    }
}
