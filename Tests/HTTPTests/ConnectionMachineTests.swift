import Testing

@testable import HTTP

/// RFC 9112 §9: a connection …
struct ConnectionMachineTests {
    private func machine(_ text: String, at now: UInt64 = 0) -> ConnectionMachine {
        var machine = ConnectionMachine(limits: HTTPLimits(), timeouts: HTTPTimeouts(), isSecure: false, at: now)
        var offset = 0
        let bytes = Array(text.utf8)
        loop: while true {
            switch machine.receive(bytes.span, from: &offset, at: now) {
            case .needsBytes, .blocked, .failed: break loop
            default: continue
            }
        }
        return machine
    }

    private let second: UInt64 = 1_000_000_000

    /// §9.3
    @Test(arguments: [
        ("HTTP/1.1\r\nHost: a", true), ("HTTP/1.1\r\nHost: a\r\nConnection: close", false),
        ("HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE", false),
        ("HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close", false),
        ("HTTP/1.0", false), ("HTTP/1.0\r\nConnection: Keep-Alive", true),
        ("HTTP/1.0\r\nConnection: keep-alive, close", false),
    ])
    func persistsAsItsClientWants(_ rest: String, _ persists: Bool) {
        var machine = machine("GET / \(rest)\r\n\r\n")
        #expect(machine.planResponse(.ok, count: 1).keepsAlive == persists)
        #expect(machine.responseCompleted(at: 0) == (persists ? .nextRequest : .linger))
    }

    @Test func answersInOrder() {
        let two = Array("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var machine = machine("")
        var offset = 0
        guard case .head = machine.receive(two.span, from: &offset, at: 0),
            case .end = machine.receive(two.span, from: &offset, at: 0),
            case .blocked = machine.receive(two.span, from: &offset, at: 0)
        else {
            Issue.record("the second request must wait")
            return
        }
        #expect(offset == two.count / 2)
        _ = machine.planResponse(.ok, count: 0)
        #expect(machine.responseCompleted(at: 0) == .nextRequest)
        guard case .head(let head) = machine.receive(two.span, from: &offset, at: 0) else {
            Issue.record("the second request must follow")
            return
        }
        #expect(head.method == .get)
        #expect(offset == two.count)
    }

    /// §6.3: no content where none may be, and a length or chunks where there is some.
    @Test func framesItsAnswers() {
        var get = machine("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(get.planResponse(.ok, count: 3).framing == .length(3))
        #expect(get.planResponse(.ok, count: nil).framing == .chunked)
        #expect(get.planResponse(.noContent, count: 3).framing == .none)
        #expect(!get.planResponse(.notModified, count: 3).sendsContent)
        var head = machine("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(head.planResponse(.ok, count: 3).framing == .length(3))
        #expect(!head.planResponse(.ok, count: 3).sendsContent)
        var old = machine("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let plan = old.planResponse(.ok, count: nil)
        #expect(plan.framing == .untilClose)
        #expect(!plan.keepsAlive)
    }

    @Test func goesOnBehindLittleUnreadContent() {
        var machine = machine("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        #expect(machine.planResponse(.ok, count: 0).keepsAlive)
        #expect(machine.responseCompleted(at: 0) == .nextRequest)
        let rest = Array("cdGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var offset = 0
        guard case .head = machine.receive(rest.span, from: &offset, at: 0) else {
            Issue.record("the rest must be skipped")
            return
        }
    }

    @Test func closesBehindMuchUnreadContent() {
        var large = machine("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nab")
        #expect(!large.planResponse(.ok, count: 0).keepsAlive)
        var chunked = machine("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(!chunked.planResponse(.ok, count: 0).keepsAlive)
        // RFC 9110 §10.1.1: nobody knows whether the content will come.
        var expecting = machine("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(!expecting.planResponse(.ok, count: 0).keepsAlive)
    }

    @Test func saysCloseWhileDraining() {
        var machine = machine("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        machine.drain()
        #expect(!machine.planResponse(.ok, count: 0).keepsAlive)
    }

    // MARK: Time

    @Test func isClosedWhenIdle() {
        var machine = machine("")
        #expect(machine.deadline == 60 * second)
        #expect(machine.expire(at: 60 * second - 1) == .notYet)
        #expect(machine.expire(at: 60 * second) == .close)
    }

    @Test func refusesASlowHeadHoweverItDrips() {
        var machine = machine("G", at: second)
        var offset = 0
        let more = Array("ET".utf8)
        _ = machine.receive(more.span, from: &offset, at: 10 * second)
        #expect(machine.deadline == 16 * second)
        guard case .refuse(let error) = machine.expire(at: 16 * second) else {
            Issue.record("a slow head must be refused")
            return
        }
        #expect(error.kind == .requestTimeout)
    }

    @Test func refusesContentThatStandsStillOrDripsForEver() {
        var machine = machine("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
        #expect(machine.deadline == 60 * second)
        let byte = Array("a".utf8)
        for step in 1...19 {
            var offset = 0
            _ = machine.receive(byte.span, from: &offset, at: UInt64(step) * 30 * second)
        }
        #expect(machine.deadline == 600 * second)
        guard case .refuse = machine.expire(at: 600 * second) else {
            Issue.record("slow content must be refused")
            return
        }
    }

    @Test func blamesNobodyWhileAHandlerWorks() {
        var working = machine("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(working.deadline == .max)
        var holding = machine("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab")
        holding.holdContent(true, at: second)
        #expect(holding.deadline == .max)
        holding.holdContent(false, at: 100 * second)
        #expect(holding.deadline == 160 * second)
        #expect(working.expire(at: .max - 1) == .notYet)
    }

    @Test func cutsOffWhoDoesNotRead() {
        var machine = machine("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        machine.writeProgressed(at: second)
        #expect(machine.deadline == 61 * second)
        machine.writeProgressed(at: 50 * second)
        #expect(machine.expire(at: 61 * second) == .notYet)
        #expect(machine.expire(at: 110 * second) == .close)
        machine.writeFinished()
        #expect(machine.deadline == .max)
    }

    @Test func lingersOnlySoLong() {
        var machine = machine("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        machine.linger(at: 0)
        #expect(machine.deadline == 5 * second)
        for step in 1...10 { machine.linger(at: UInt64(step) * 3 * second) }
        #expect(machine.deadline == 30 * second)
        #expect(machine.expire(at: 30 * second) == .close)
    }
}
