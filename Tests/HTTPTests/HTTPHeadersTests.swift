import Testing

@testable import HTTP

/// Header fields …
struct HTTPHeadersTests {
    @Test func areFoundInAnyCase() {
        let headers: HTTPHeaders = ["Content-Type": "a", "X-One": "1", "x-one": "2"]
        #expect(headers["content-TYPE"] == "a")
        #expect(headers["x-ONE"] == "1, 2")
        #expect(headers.all("X-one") == ["1", "2"])
        #expect(headers["x-on"] == nil)
        #expect(headers.count == 3)
    }

    @Test func areSetAndRemoved() {
        var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3"]
        headers.set("a", "4")
        #expect(headers.map { "\($0.name)\($0.value)" } == ["B2", "a4"])
        headers["b"] = nil
        headers["c"] = "5"
        #expect(headers == ["a": "4", "c": "5"])
    }

    @Test func listTokens() {
        let headers: HTTPHeaders = ["Connection": "a, Keep-Alive ,b"]
        #expect(headers.hasToken("connection", "keep-alive"))
        #expect(!headers.hasToken("connection", "keep"))
    }

    @Test func knowTheirCharacters() {
        let tokens = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        let hosts = "-._~!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for byte in UInt8.min...UInt8.max {
            #expect(byte.isTokenByte == tokens.utf8.contains(byte))
            #expect(byte.isHostByte == hosts.utf8.contains(byte))
            #expect(byte.isPathByte == (hosts + ":@/").utf8.contains(byte))
            #expect(byte.isQueryByte == (hosts + ":@/?[]{}|^`\\").utf8.contains(byte))
        }
    }
}
