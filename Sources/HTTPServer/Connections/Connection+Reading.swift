import HTTP

// What comes in: from the socket, through the machine, to the current exchange.
extension Connection {
    /// Reads what the socket has, up to a fair share.
    func readAvailable() {
        // Only a connection that is refused changes it, and that one reads no more.
        let transport = transport
        for _ in 0..<Self.readsPerTurn {
            guard phase == .open || phase == .lingering else { return }
            if phase == .lingering {
                guard discardOnce() else { return }
                continue
            }
            guard mayReadMore else { return }
            guard let room = readTarget() else { return }
            switch transport.read(into: room.buffer) {
            case .moved(let count):
                context.statistics.bytesReceived.add(UInt64(count))
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room.buffer)[..<count])
                take(bytes, isInPlace: room.isDirect)
                // A short read has emptied the socket; being level-triggered, it will be heard of again.
                if count < room.buffer.count, !transport.hasBufferedInput { return }
            case .wouldBlock: return
            case .ended:
                inputEnded = true
                endOfInput()
                return
            case .failed:
                close()
                return
            }
        }
        if transport.hasBufferedInput { loop.post { self.enter { self.readAvailable() } } }
    }

    /// Whether reading can lead to anything, and the client is not too far ahead.
    var mayReadMore: Bool {
        !inputEnded && !isHoldingContent
            && inbox.count - inboxStart < machine.limits.pipelinedBytesMax
    }

    /// Goes on with what was read ahead, once the machine may read again.
    func continueInput() {
        guard phase == .open, !isHoldingContent else { return }
        if inboxStart < inbox.count {
            let bytes = inbox
            let start = inboxStart
            (inbox, inboxStart) = ([], 0)
            let offset = bytes.withUnsafeBytes { process($0, from: start) }
            if offset < bytes.count, phase == .open { (inbox, inboxStart) = (bytes, offset) }
        }
        if inputEnded, inbox.isEmpty, phase == .open { endOfInput() }
    }

    /// Whether the reader of the current request's content is so far behind that the client must wait.
    var isHoldingContent: Bool { current?.isHeld ?? false }

    /// Runs bytes through the machine.
    ///
    /// - Returns: where it stopped, because what follows has to wait.
    func process(_ bytes: UnsafeRawBufferPointer, from start: Int = 0, isInPlace: Bool = false) -> Int {
        var offset = start
        let elements = bytes.bindMemory(to: UInt8.self)
        isProcessing = true
        defer { isProcessing = false }
        while phase == .open, !isHoldingContent {
            switch machine.receive(elements.span, from: &offset, at: now) {
            case .needsBytes, .blocked: return offset
            case .head(let head): begin(head)
            case .content(let range):
                takeContent(UnsafeRawBufferPointer(rebasing: bytes[range]), isInPlace: isInPlace)
            case .end(let trailers): endContent(trailers)
            case .failed(let error): fail(error)
            }
        }
        return offset
    }

    private static let readsPerTurn = 16

    private func readTarget() -> (buffer: UnsafeMutableRawBufferPointer, isDirect: Bool)? {
        guard case .collected(let collector) = current?.content, inbox.isEmpty, !machine.isAtEnd else {
            return (scratch.input, false)
        }
        do {
            return try collector.directRoom().map { ($0, true) } ?? (scratch.input, false)
        } catch {
            fail(error)
            return nil
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, isInPlace: Bool) {
        guard inboxStart == inbox.count else {
            inbox.append(contentsOf: bytes)
            return
        }
        let offset = process(bytes, isInPlace: isInPlace)
        if phase == .open, offset < bytes.count {
            (inbox, inboxStart) = (Array(bytes[offset...]), 0)
        }
    }

    private func endOfInput() {
        guard inboxStart == inbox.count else { return }
        switch machine.endOfInput() {
        case .failed(let error): fail(error)
        case .needsBytes: finish()
        // An answer is under way, and a client that only stopped sending will read it.
        default: probeEventStream()
        }
    }

    /// - Returns: whether there may be more.
    private func discardOnce() -> Bool {
        switch transport.discard(scratch.input) {
        case .moved:
            machine.linger(at: now)
            return true
        case .wouldBlock: return false
        case .ended, .failed:
            close()
            return false
        }
    }
}
