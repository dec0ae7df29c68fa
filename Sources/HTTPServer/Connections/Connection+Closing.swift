import HTTP

// How a connection ends.
extension Connection {
    /// Writes what is queued and then lingers.
    func finish() {
        guard phase == .open else { return }
        phase = .finishing
        (inbox, inboxStart) = ([], 0)
        afterDrained = { [unowned self] in startLingering() }
    }

    /// Ends everything at once. What is cut off in the middle shows by its missing end.
    func close() {
        guard isWorking else { return }
        guard !isHandshakeRunning else {
            // The descriptor is in use on another thread, and its number must not be given to anybody else.
            isDoomed = true
            return
        }
        phase = .closed
        afterDrained = nil
        (inbox, inboxStart) = ([], 0)
        scratch.output.removeAll(keepingCapacity: true)
        output.removeAll()
        let exchange = current
        current = nil
        // One that has been reported is as good as over; only its answer is still being read.
        if let exchange, exchange.status != 0 || exchange.plan == nil {
            report(exchange, exchange.status, isWhole: false)
        }
        exchange?.abandon()
        watch?.close()
        watch = nil
        context.table.remove(self)
    }

    /// Looks if the client is still there. From any thread.
    func probe() {
        loop.post { self.enter { self.readAvailable() } }
    }

    func checkDeadline() {
        guard phase != .handshaking else {
            if machine.expire(at: now) != .notYet { close() }
            return
        }
        switch machine.expire(at: now) {
        case .notYet: break
        case .close: close()
        case .refuse(let error): fail(error)
        }
    }

    /// From now on every answer says that it is the last one; an idle connection waits a little for a
    /// request that may be on its way, and is closed then. On the loop.
    func drain() {
        machine.drain()
        if loop.losesResets { readAvailable() }
        finishWhenIdle()
    }

    /// Waits a little for a request that may be on its way, and then closes.
    func finishWhenIdle() {
        let grace = context.configuration.drainGrace.nanoseconds
        _ = context.time.schedule(at: now &+ grace) { [weak self] in
            guard let self else { return }
            loop.post { self.enter { if self.machine.isIdle { self.endIdle() } } }
        }
    }

    private func endIdle() {
        if phase == .handshaking { close() } else { finish() }
    }

    /// RFC 9112 §9.6: closing while bytes arrive would reset the connection, and the reset could
    /// overtake the answer. So this side stops writing and reads on until the client has gone.
    private func startLingering() {
        guard !inputEnded else {
            transport.finishWriting()
            close()
            return
        }
        phase = .lingering
        transport.finishWriting()
        machine.linger(at: now)
        readAvailable()
    }
}

extension Connection {
    /// The server is short of descriptors: if this connection is still idle it makes room. From any thread.
    func reclaim() {
        loop.post { [self] in
            guard isWorking, phase == .open, machine.isIdle, current == nil else { return }
            close()
        }
    }
}
