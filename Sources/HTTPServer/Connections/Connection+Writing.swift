import HTTP

// What goes out.
extension Connection {
    /// Writes what is queued, as far as the socket takes it.
    func flush() {
        let scratch = scratch
        guard isWorking else {
            scratch.output.removeAll(keepingCapacity: true)
            return
        }
        if output.isEmpty {
            guard writeScratch(scratch) else { return }
        } else {
            queueScratch()
        }
        if !output.isEmpty { writeQueue() }
        if output.isEmpty { drained() }
    }

    /// Puts the loop's buffer into this connection's own queue.
    func queueScratch() {
        guard !scratch.output.isEmpty else { return }
        output.append(Array(scratch.output))
        scratch.output.removeAll(keepingCapacity: true)
    }

    func writable() {
        flush()
        if transport.readWantsWritable { readAvailable() }
    }

    /// The usual case: one small answer, one write, no queue.
    ///
    /// - Returns: false when the connection is gone.
    private func writeScratch(_ scratch: LoopScratch) -> Bool {
        let count = scratch.output.count
        guard count > 0 else { return true }
        let result = transport.write(from: scratch)
        var taken = 0
        switch result {
        case .moved(let moved):
            context.statistics.bytesSent.add(UInt64(moved))
            taken = moved
        case .wouldBlock: break
        case .ended, .failed:
            close()
            return false
        }
        if taken < count {
            output.append(Array(scratch.output[taken...]))
            machine.writeProgressed(at: now)
        }
        scratch.output.removeAll(keepingCapacity: true)
        return true
    }

    private func writeQueue() {
        let (result, moved) = output.write(to: transport)
        context.statistics.bytesSent.add(UInt64(moved))
        switch result {
        case .ended, .failed: close()
        case .moved, .wouldBlock: if moved > 0 || !isWaitingToWrite { machine.writeProgressed(at: now) }
        }
        isWaitingToWrite = !output.isEmpty
    }

    private func drained() {
        machine.writeFinished()
        isWaitingToWrite = false
        if let current { current.stream?.drained() }
        if let action = afterDrained {
            afterDrained = nil
            action()
            flush()
        }
    }
}

extension Transport {
    /// Writes what stands in a loop's buffer.
    fileprivate func write(from scratch: LoopScratch) -> TransferResult {
        scratch.output.withUnsafeBytes { write($0) }
    }
}
