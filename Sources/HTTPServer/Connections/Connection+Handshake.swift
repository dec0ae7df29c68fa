import Dispatch
import Glibc
import HTTP

// The beginning of a connection under TLS.
extension Connection {
    /// Signatures cost up to a millisecond each: they are made here, never on a loop, so that a crowd of
    /// new clients does not hold up those who are served already.
    private static let handshakes = DispatchQueue(label: "strata.handshakes", attributes: .concurrent)

    /// Waits for the client's first message. On the loop.
    func startHandshake() {
        phase = .handshaking
        machine.waitForHandshake(at: now)
        handshakeInterest = .readable
    }

    /// Takes the next step, elsewhere; the loop leaves the connection alone meanwhile.
    func continueHandshake() {
        guard phase == .handshaking, !isHandshakeRunning, let transport = transport as? TLSTransport else { return }
        isHandshakeRunning = true
        Self.handshakes.async { [self] in
            let step = transport.handshake()
            let subject = step == .done ? transport.clientSubject : nil
            loop.post { self.endHandshakeStep(step, subject) }
        }
    }

    private func endHandshakeStep(_ step: TLSTransport.HandshakeStep, _ subject: String?) {
        isHandshakeRunning = false
        // The deadline may have come, or the server may have gone, while the step was under way.
        guard !isDoomed else {
            close()
            return
        }
        enter {
            switch step {
            case .done: beginSecurely(subject)
            case .wantsReadable: handshakeInterest = .readable
            case .wantsWritable: handshakeInterest = .writable
            case .failed: close()
            case .plainHTTP: refusePlainHTTP()
            }
        }
    }

    private func beginSecurely(_ subject: String?) {
        phase = .open
        machine.handshakeEnded(at: now)
        information = ConnectionInformation(peer: peer, isSecure: true, clientCertificateSubject: subject)
        readAvailable()
    }

    /// Somebody forgot the s in https: said in a way that a person can read.
    private func refusePlainHTTP() {
        guard let descriptor else { return close() }
        transport = PlainTransport(descriptor)
        phase = .open
        let error = HTTPError(.malformedRequestLine, "this port speaks HTTPS, the request came without TLS")
        respond(context.responder.errorResponse(for: error, request: nil))
    }
}
