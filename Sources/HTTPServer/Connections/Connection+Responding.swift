import HTTP

// From a handler to an answer.
extension Connection {
    /// Runs the handler. It begins right here, on the loop; if it never waits, its answer is written
    /// before this returns.
    func startHandler(_ exchange: Exchange) {
        switch reply(exchange) {
        case .now(let response)?: respond(response)
        case .later(let work)?: startTask(exchange, work)
        case .delivered(let begin)?: startDelivery(exchange, begin)
        case nil: break
        }
    }

    /// A function of its own, so that the request is let go of before the answer is given: the next head
    /// is read into the memory of this one.
    @inline(never)
    private func reply(_ exchange: Exchange) -> Reply? {
        guard let request = exchange.request else { return nil }
        do {
            return try context.responder.reply(to: request)
        } catch {
            return .now(context.responder.errorResponse(for: error, request: request))
        }
    }

    private func startTask(_ exchange: Exchange, _ work: @escaping @Sendable () async throws -> HTTPResponse) {
        let request = exchange.request
        exchange.isStarting = true
        exchange.task = Task.immediate { [self] in
            do {
                deliver(try await work(), to: exchange)
            } catch {
                deliver(context.responder.errorResponse(for: error, request: request), to: exchange)
            }
        }
        endStart(of: exchange)
    }

    private func startDelivery(
        _ exchange: Exchange, _ begin: (@escaping @Sendable (Reply.Outcome) -> Void) -> @Sendable () -> Void
    ) {
        let request = exchange.request
        exchange.isStarting = true
        exchange.onLeaving = begin { [self] outcome in
            switch outcome {
            case .success(let response): deliver(response, to: exchange)
            case .failure(let error):
                deliver(context.responder.errorResponse(for: error, request: request), to: exchange)
            }
        }
        endStart(of: exchange)
    }

    /// Gives the answer that was ready before anybody had to wait.
    private func endStart(of exchange: Exchange) {
        exchange.isStarting = false
        guard let response = exchange.immediateResponse else { return }
        exchange.immediateResponse = nil
        respond(response)
    }

    /// Answers the current request, or a broken one that never became current; compressed if that pays.
    func respond(_ response: HTTPResponse) {
        guard ResponseCompression.isCompressible(response), let exchange = current, let request = exchange.request
        else {
            write(response)
            return
        }
        var response = response
        // RFC 9110 §12.5.5: caches must know that another client may get other bytes.
        response.headers.add("vary", "accept-encoding")
        guard let coding = ResponseCompression.coding(for: response, to: request) else {
            write(response)
            return
        }
        guard !ResponseCompression.isQuick(response) else {
            write(ResponseCompression.compress(response, coding))
            return
        }
        exchange.isCompressing = true
        ResponseCompression.compress(response, coding) { [self] compressed in
            loop.post { self.enter { if self.current === exchange { self.write(compressed) } } }
        }
    }

    /// An answer from a file becomes a stream of it; one whose file cannot be opened becomes an error.
    private func opening(_ response: HTTPResponse) -> HTTPResponse {
        guard case .file(let slice) = response.body else { return response }
        var response = response
        do {
            response.body = .stream(try FileProducer.stream(of: slice))
            return response
        } catch {
            context.logger.error("a file cannot be sent", metadata: ["error": "\(error)"])
            let problem = HTTPError(.internalError, "the content of the answer cannot be read")
            return context.responder.errorResponse(for: problem, request: current?.request)
        }
    }

    private func write(_ response: HTTPResponse) {
        if case .file = response.body { writeOpened(opening(response)) } else { writeOpened(response) }
    }

    private func writeOpened(_ response: HTTPResponse) {
        if context.isDraining { machine.drain() }
        let count = response.body.count
        let plan = machine.planResponse(response.status, count: count)
        var identifier: RequestIdentifier?
        if let exchange = current {
            exchange.answer(plan, status: response.status.code, bytes: count)
            identifier = exchange.request?.id
        } else {
            report(nil, response.status.code, isWhole: true)
        }
        let scratch = scratch
        scratch.updateDate(at: now, context.time)
        scratch.appendHead(response, plan, identifier ?? identifiers.next(), context.encoder)
        guard plan.sendsContent else {
            complete()
            return
        }
        switch response.body {
        case .none: complete()
        case .bytes(let body):
            append(body)
            complete()
        case .pieces(let bodies):
            for body in bodies { append(body) }
            complete()
        case .stream(let stream): startProducer(stream, plan)
        // `opening` has made a stream of it.
        case .file: close()
        }
    }

    /// The answer is all queued: goes on to the next request, or to the end.
    func complete() {
        if let exchange = current {
            closeContent(of: exchange)
            if exchange.status != 0 {
                report(exchange, exchange.status, isWhole: true)
                // Said once, although a slow reader may bring us here again.
                exchange.status = 0
            }
        }
        // Whoever sends requests ahead and reads no answers fills memory; he waits until he has read.
        guard pendingOutput <= Self.outputBytesMax else {
            afterDrained = { [unowned self] in complete() }
            return
        }
        endExchange()
        switch machine.responseCompleted(at: now) {
        case .nextRequest:
            // Its head said that the connection goes on, and then the server began to drain.
            if context.isDraining { finishWhenIdle() }
            if !isProcessing { continueInput() }
        case .linger: finish()
        }
    }

    /// Tells whoever keeps count that a request is over.
    func report(_ exchange: Exchange?, _ status: Int, isWhole: Bool) {
        // Not `now`: what answers at once does its work within one job.
        let end = context.time.now()
        context.responder.answered(
            exchange?.request,
            AnswerFacts(
                status: status, bytes: exchange?.answerBytes, startedAt: exchange?.startedAt ?? end, endedAt: end,
                isWhole: isWhole))
    }

    /// Queues content: little is copied behind the head, much is referred to.
    func append(_ body: HTTPBody) {
        if body.count <= Self.copiedBytesMax {
            scratch.append(body)
        } else {
            queueScratch()
            output.append(body)
        }
    }

    /// Bytes of answers that the client has not taken.
    var pendingOutput: Int { output.count + scratch.output.count }

    /// An answer that comes from wherever the handler ended.
    private func deliver(_ response: HTTPResponse, to exchange: Exchange) {
        if loop.isCurrent, exchange.isStarting {
            exchange.immediateResponse = response
            return
        }
        loop.post { [self] in
            enter {
                // The client may have gone, or the request may have failed, meanwhile.
                guard current === exchange, exchange.plan == nil, !exchange.isCompressing else { return }
                respond(response)
            }
        }
    }

    /// A handler that has answered before it has read everything reads nothing more.
    private func closeContent(of exchange: Exchange) {
        guard case .streamed(let channel) = exchange.content else { return }
        channel.fail(CancellationError())
        exchange.content = .done
        exchange.isHeld = false
    }

    static let outputBytesMax = 65_536
    private static let copiedBytesMax = 8_192
}
