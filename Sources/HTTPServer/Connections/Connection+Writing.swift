import HTTP

// What goes out.
extension Connection {
    /// Writes what is queued, as far as the socket takes it.
    func flush() {
        guard isWorking else {
            scratch.output.removeAll(keepingCapacity: true)
            return
        }
        if output.isEmpty {
            guard writeScratch() else { return }
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
    private func writeScratch() -> Bool {
        guard !scratch.output.isEmpty else { return true }
        defer { scratch.output.removeAll(keepingCapacity: true) }
        switch scratch.output.withUnsafeBytes({ transport.write($0) }) {
        case .moved(let count):
            context.statistics.bytesSent.add(UInt64(count))
            if count < scratch.output.count {
                output.append(Array(scratch.output[count...]))
                machine.writeProgressed(at: now)
            }
        case .wouldBlock:
            output.append(Array(scratch.output))
            machine.writeProgressed(at: now)
        case .ended, .failed:
            close()
            return false
        }
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
        current?.stream?.drained()
        if let action = afterDrained {
            afterDrained = nil
            action()
            flush()
        }
    }
}
