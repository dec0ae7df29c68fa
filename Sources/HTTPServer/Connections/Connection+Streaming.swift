import HTTP

// Content that is made while it is sent, and content that is read while it arrives.
extension Connection {
    /// Starts the task that makes the content. The head is already queued.
    func startProducer(_ stream: BodyStream, _ plan: ResponsePlan) {
        guard let exchange = current else { return }
        let state = StreamState(stream)
        exchange.stream = state
        let writer = StreamWriter(connection: self, state: state)
        exchange.task = Task {
            do {
                try await stream.produce(writer)
                writer.finish(error: nil)
            } catch {
                writer.finish(error: error)
            }
        }
        if stream.isEventStream { scheduleHeartbeat(of: state) }
        if context.endsEventStreams { endEventStream() }
    }

    /// Queues one piece. On the loop.
    func write(_ piece: HTTPBody, of state: StreamState, _ continuation: CheckedContinuation<Void, any Error>) {
        guard current?.stream === state, !state.isOver, let plan = current?.plan else {
            continuation.resume(throwing: CancellationError())
            return
        }
        state.written += piece.count
        if let count = state.count, state.written > count {
            // More than the head promised would be read as the next answer.
            continuation.resume(throwing: HTTPError(.internalError, "a stream of \(count) bytes was given more"))
            close()
            return
        }
        if !piece.isEmpty { queue(piece, plan.framing) }
        state.hasWrittenSinceHeartbeat = true
        state.wait(continuation)
        flush()
        if isWorking, pendingOutput <= Self.outputBytesMax { state.drained() }
    }

    /// The server is going down, and a stream of events might never end by itself: its producer is cancelled, and may still
    /// send what there is.
    func endEventStream() {
        guard let state = current?.stream, state.isEventStream else { return }
        state.endsForDrain = true
        current?.task?.cancel()
    }

    /// The client has stopped sending. If it has gone altogether, it answers what it is sent with a reset,
    /// and what is sent then fails.
    func probeEventStream() {
        guard let state = current?.stream, state.isEventStream else { return }
        sendHeartbeat()
        state.heartbeat?.cancel()
        scheduleHeartbeat(of: state)
    }

    /// The producer has ended. On the loop.
    func finishStream(_ state: StreamState, error: (any Error)?) {
        guard current?.stream === state, let plan = current?.plan else { return }
        let isWhole = state.count.map { $0 == state.written } ?? true
        guard isWhole, error == nil || state.endsForDrain else {
            if let error, !(error is CancellationError) {
                context.logger.error("a stream failed", metadata: ["error": "\(error)", "peer": "\(peer)"])
            }
            // Without its end the client can tell that something is missing.
            close()
            return
        }
        if plan.framing == .chunked { scratch.output.append(contentsOf: ResponseEncoder.lastChunk) }
        current?.stream = nil
        complete()
    }

    /// A comment that means nothing to the client (HTML Living Standard §9.2.6), but finds out whether
    /// it is still there.
    private func sendHeartbeat() {
        guard let plan = current?.plan else { return }
        queue(HTTPBody(":\n\n"), plan.framing)
    }

    /// The reader of a request's content asks for something. On the loop.
    func meet(_ demand: RequestBodyChannel.Demand, of exchange: Exchange) {
        guard current === exchange, case .streamed = exchange.content else { return }
        switch demand {
        case .begin:
            if exchange.awaitsContinue, exchange.plan == nil { sendContinue() }
        case .more:
            exchange.isHeld = false
            machine.holdContent(false, at: now)
            continueInput()
            readAvailable()
        }
    }

    /// The reader is behind: nothing is read from the socket until it has caught up.
    func hold() {
        current?.isHeld = true
        machine.holdContent(true, at: now)
    }

    private func queue(_ piece: HTTPBody, _ framing: ResponsePlan.Framing) {
        guard framing == .chunked else {
            append(piece)
            return
        }
        ResponseEncoder.appendChunkStart(piece.count, to: &scratch.output)
        append(piece)
        scratch.output.append(contentsOf: ResponseEncoder.chunkEnd)
    }

    private func scheduleHeartbeat(of state: StreamState) {
        let interval = context.configuration.eventStreamHeartbeat
        let deadline = now &+ (inputEnded ? min(interval, .seconds(1)) : interval).nanoseconds
        state.heartbeat = context.time.schedule(at: deadline) { [weak self] in
            guard let self else { return }
            loop.post { self.enter { self.heartbeat(of: state) } }
        }
    }

    private func heartbeat(of state: StreamState) {
        guard current?.stream === state else { return }
        if !state.hasWrittenSinceHeartbeat, pendingOutput == 0 { sendHeartbeat() }
        state.hasWrittenSinceHeartbeat = false
        scheduleHeartbeat(of: state)
    }
}
