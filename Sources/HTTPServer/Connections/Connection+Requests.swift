import HTTP

// From a head to a handler.
extension Connection {
    /// A head has come: decides who answers and what becomes of the content.
    func begin(_ head: RequestHead) {
        context.statistics.requests.add()
        var request = HTTPRequest(
            head, id: identifiers.next(), connection: information, reusing: &spareRequest)
        switch context.responder.route(request) {
        case .refuse(let error):
            answerEarly(context.responder.errorResponse(for: error, request: request), head, request)
        case .answer(let response):
            answerEarly(response, head, request)
        case .handle(let match):
            request.match = match
            do {
                try admit(request, head, match.bodyMode)
            } catch {
                answerEarly(context.responder.errorResponse(for: error, request: request), head, request)
            }
        }
    }

    /// Content, or a part of it.
    ///
    /// - Parameter isInPlace: whether the socket has read it to where it belongs.
    func takeContent(_ bytes: UnsafeRawBufferPointer, isInPlace: Bool) {
        switch current?.content {
        case .collected(let collector):
            do {
                if isInPlace { collector.commitDirect(bytes.count) } else { try collector.append(bytes) }
            } catch {
                fail(error)
            }
        case .streamed(let channel):
            if channel.push(HTTPBody(Array(bytes))) { hold() }
        case .empty, .discarded, .done, nil: break
        }
    }

    /// The request is complete.
    func endContent(_ trailers: HTTPHeaders) {
        guard let exchange = current else { return }
        let content = exchange.content
        exchange.content = .done
        exchange.request?.trailers = trailers
        switch content {
        case .empty: startHandler(exchange)
        case .collected(let collector):
            inflate(collector.finish(), for: exchange)
        case .streamed(let channel): channel.end()
        case .discarded(let response): respond(response)
        case .done: break
        }
    }

    /// The request cannot be read to its end: answers with the error, unless an answer is under way.
    func fail(_ error: HTTPError) {
        context.statistics.requestsRefused.add()
        guard let exchange = current else {
            respond(context.responder.errorResponse(for: error, request: nil))
            return
        }
        let content = exchange.content
        exchange.content = .done
        switch content {
        case .discarded(let response): respond(response)
        case .empty, .collected: respond(context.responder.errorResponse(for: error, request: exchange.request))
        // The handler hears of it where it reads, and answers.
        case .streamed(let channel): channel.fail(error)
        case .done: close()
        }
    }

    /// Checks what the head promises and starts to read the content.
    private func admit(_ request: HTTPRequest, _ head: RequestHead, _ mode: BodyMode) throws(HTTPError) {
        if mode.isRequired, head.framing == .none, !request.headers.contains("content-length") {
            throw HTTPError(.lengthRequired, "\(head.method) \(request.path) needs content, and a length or chunks")
        }
        guard head.contentCoding != .unknown else {
            throw HTTPError(
                .unsupportedContentCoding, "the content codings are gzip, deflate and identity, one at a time",
                headers: ["accept-encoding": "gzip, deflate"])
        }
        try machine.limitContent(to: mode.bytesMax ?? machine.limits.bodyBytesMax)
        let exchange = beginExchange(request, head)
        if mode.isStreamed {
            startStreaming(exchange)
        } else if head.framing == .none {
            exchange.content = .empty
        } else {
            exchange.content = .collected(BodyCollector(framing: head.framing, budget: context.budget))
            if exchange.awaitsContinue { sendContinue() }
        }
    }

    /// An answer that does not depend on the content: given once that has been thrown away, or at once
    /// when there is much of it.
    private func answerEarly(_ response: HTTPResponse, _ head: RequestHead, _ request: HTTPRequest) {
        if response.status.code >= 400 { context.statistics.requestsRefused.add() }
        let exchange = beginExchange(request, head)
        if machine.discardContent() {
            exchange.content = .discarded(response)
        } else {
            respond(response)
        }
    }

    func sendContinue() {
        scratch.output.append(contentsOf: ResponseEncoder.continue)
        // The client waits for it, and nothing else may follow for a while.
        flush()
    }

    private func startStreaming(_ exchange: Exchange) {
        let channel = RequestBodyChannel { [weak self] demand in
            guard let self else { return }
            loop.post { self.enter { self.meet(demand, of: exchange) } }
        }
        exchange.content = .streamed(channel)
        let coding = exchange.contentCoding
        let reader: any BodyReader =
            coding == .identity ? channel : InflatingReader(channel, coding, bytesMax: bytesMax(of: exchange))
        exchange.request = exchange.request?.reading(from: reader)
        startHandler(exchange)
    }
}

extension Connection {
    private func bytesMax(of exchange: Exchange) -> Int {
        exchange.request?.match?.bodyMode.bytesMax ?? machine.limits.bodyBytesMax
    }

    /// Hands the content to the handler, decompressed if it is compressed.
    private func inflate(_ body: HTTPBody, for exchange: Exchange) {
        let coding = exchange.contentCoding
        guard coding != .identity, !body.isEmpty else {
            exchange.request?.body = body
            startHandler(exchange)
            return
        }
        Inflation.inflate(body, coding, bytesMax: bytesMax(of: exchange), budget: context.budget) { [self] result in
            loop.post { self.enter { self.endInflation(result, of: exchange) } }
        }
    }

    private func endInflation(_ result: Result<HTTPBody, HTTPError>, of exchange: Exchange) {
        guard current === exchange else { return }
        switch result {
        case .success(let body):
            exchange.request?.body = body
            startHandler(exchange)
        case .failure(let error):
            context.statistics.requestsRefused.add()
            respond(context.responder.errorResponse(for: error, request: exchange.request))
        }
    }
}
