#!/usr/bin/env python3
"""What must not hurt the server: idle crowds, exhausted descriptors, bombs, slow clients, drains under load.

    swift build -c release --product HTTPBenchmarkServer
    python3 Benchmarks/http/abuse.py [--server PATH] [--loop epoll|dispatch] [names ...]

Prints one line a trial and exits 1 if one fails. Everything stays on 127.0.0.1.
"""
import argparse
import asyncio
import gzip
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Server:
    def __init__(self, options, *flags, descriptors=None):
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(
            [options.server, "--port", "0", "--event-loop", options.loop, *flags], stdout=subprocess.PIPE,
            env=dict(os.environ, SWIFT_BACKTRACE="enable=no"), preexec_fn=limit)
        self.port = int(self.process.stdout.readline().rsplit(b":", 1)[1])

    def status(self, name):
        for line in open("/proc/%d/status" % self.process.pid):
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        return 0

    def cpu(self):
        fields = open("/proc/%d/stat" % self.process.pid).read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def ask(sock, request=GET):
    sock.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        got = sock.recv(65536)
        if not got:
            return data
        data += got
    head, rest = data.split(b"\r\n\r\n", 1)
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(rest) < int(line.split(b":")[1]):
                rest += sock.recv(65536)
    return head


def idle(options):
    """10,000 idle connections are held while others are served, and answered in the end."""
    count = 10000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = Server(options)
    before = server.status("VmRSS")
    socks = []
    for index in range(count):
        socks.append(server.connect())
        if index % 2:
            ask(socks[-1])
    held = server.status("VmRSS")
    times = []
    with server.connect() as other:
        for _ in range(2000):
            start = time.perf_counter()
            ask(other)
            times.append(time.perf_counter() - start)
    cpu = server.cpu()
    time.sleep(3)
    cpu = server.cpu() - cpu
    answered = sum(ask(sock).startswith(b"HTTP/1.1 200") for sock in socks)
    for sock in socks:
        sock.close()
    code = server.stop()
    times.sort()
    good = answered == count and code == 0
    return good, "%d of %d answered; %.0f MB before, %.0f MB held; p50 %.0f us, p99 %.0f us beside them; %.2f s CPU in 3 s of rest" % (
        answered, count, before, held, times[1000] * 1e6, times[1980] * 1e6, cpu)


def descriptors(options):
    """ulimit -n 256: survived without spinning, recovered from within 2 s."""
    server = Server(options, descriptors=256)
    socks = []
    for _ in range(500):
        try:
            socks.append(server.connect(1))
        except OSError:
            break
    cpu = server.cpu()
    time.sleep(2)
    cpu = server.cpu() - cpu
    with server.connect(3) as late:
        try:
            during = ask(late)[9:12].decode() or "closed"
        except OSError:
            during = "waiting"
    for sock in socks:
        sock.close()
    start = time.time()
    while True:
        try:
            with server.connect(1) as sock:
                if ask(sock).startswith(b"HTTP/1.1 200"):
                    break
        except OSError:
            pass
        if time.time() - start > 10:
            break
    recovered = time.time() - start
    code = server.stop()
    return cpu < 0.3 and recovered < 2 and code == 0, "%d connected; %.2f s CPU in 2 s; late client: %s; recovered in %.2f s" % (
        len(socks), cpu, during, recovered)


def post_gzip(server, content, statuses):
    with server.connect(60) as sock:
        try:
            statuses.append(ask(sock, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                                % len(content) + content)[9:12])
        except OSError as error:
            statuses.append(str(error).encode())


def bombs(options):
    """Sixteen bombs of 1 GB under 512 MB, one of 10 MB that becomes 10 GB under 100 MB; all 413."""
    gigabyte = gzip.compress(bytes(1 << 30), 6)
    results = []
    good = True
    for name, contents, limit in (("10 MB to 10 GB", [gigabyte * 10], 100), ("16 x 1 GB", [gigabyte] * 16, 512)):
        server = Server(options)
        statuses = []
        threads = [threading.Thread(target=post_gzip, args=(server, content, statuses)) for content in contents]
        start = time.time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.time() - start
        peak = server.status("VmHWM")
        good = good and set(statuses) == {b"413"} and peak < limit and server.stop() == 0
        results.append("%s: %s, peak %.0f MB, %.1f s" % (name, sorted(set(statuses)), peak, took))
    return good, "; ".join(results)


def slowloris(options):
    """Clients that drip their heads are cut off, and nobody else waits."""
    server = Server(options, "--header-timeout", "2")
    socks = [server.connect() for _ in range(1000)]
    for sock in socks:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
    start = time.time()
    worst = 0
    while time.time() - start < 3:
        for sock in socks[::100]:
            try:
                sock.sendall(b"a")
            except OSError:
                pass
        with server.connect() as other:
            begin = time.perf_counter()
            ask(other)
            worst = max(worst, time.perf_counter() - begin)
        time.sleep(0.1)
    refused = 0
    for sock in socks:
        try:
            refused += sock.recv(1000).startswith(b"HTTP/1.1 408")
        except OSError:
            pass
        sock.close()
    return refused == len(socks) and worst < 0.5 and server.stop() == 0, "%d of %d answered 408; others waited %.1f ms at most" % (
        refused, len(socks), worst * 1000)


def slow_readers(options):
    """Clients that do not read their answers cost little and are cut off."""
    server = Server(options, "--write-timeout", "2")
    socks = []
    for _ in range(50):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(b"GET /pour HTTP/1.1\r\nHost: a\r\n\r\n")
        socks.append(sock)
    time.sleep(1.5)
    peak = server.status("VmRSS")
    with server.connect() as other:
        answered = ask(other).startswith(b"HTTP/1.1 200")
    time.sleep(3)
    cpu = server.cpu()
    time.sleep(1)
    cpu = server.cpu() - cpu
    for sock in socks:
        sock.close()
    return answered and peak < 200 and cpu < 0.1 and server.stop() == 0, "%.0f MB for 50 endless answers; %.2f s CPU a second after they were cut off" % (
        peak, cpu)


def aborts(options):
    """Connections reset at any byte leave nothing behind."""
    server = Server(options)
    request = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    for round in range(20):
        for cut in range(len(request) + 1):
            sock = server.connect()
            if round % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            sock.sendall(request[:cut])
            sock.close()
    time.sleep(0.5)
    left = len(os.listdir("/proc/%d/fd" % server.process.pid))
    with server.connect() as other:
        answered = ask(other).startswith(b"HTTP/1.1 200")
    code = server.stop()
    return answered and left < 30 and code == 0, "answered: %s, %d descriptors left after %d aborts, exit %s" % (
        answered, left, 20 * (len(request) + 1), code)


def million(options):
    """Memory after a million requests is within 10 % of that after the first hundred thousand."""
    wrk = shutil.which("wrk")
    if not wrk:
        return True, "wrk is not here"
    server = Server(options)

    def load(seconds):
        out = subprocess.run([wrk, "-t1", "-c64", "-d%ds" % seconds, "http://127.0.0.1:%d/" % server.port], capture_output=True, text=True).stdout
        return int(next(line for line in out.splitlines() if "requests in" in line).split()[0])

    first = load(2)
    before = server.status("VmRSS")
    total = 0
    while total < 1000000:
        total += load(5)
    after = server.status("VmRSS")
    return after < before * 1.1 and server.stop() == 0, "%d requests: %.1f MB, then %d more: %.1f MB" % (first, before, total, after)


async def drain_client(port, lost, served):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        while True:
            writer.write(GET)
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(14)
            except (OSError, asyncio.IncompleteReadError) as error:
                lost.append(repr(error))
                return False
            served.append(1)
            if b"connection: close" in head:
                return True
    finally:
        writer.close()


async def drain_load(server, lost, served):
    async def client():
        while await drain_client(server.port, lost, served):
            pass

    async def terminate():
        await asyncio.sleep(0.7)
        server.process.send_signal(signal.SIGTERM)

    await asyncio.gather(terminate(), *(client() for _ in range(32)))


def drains(options):
    """Ten drains under load lose no request and exit 0."""
    lost, served, codes, longest = [], [], [], 0
    for _ in range(10):
        server = Server(options)
        asyncio.run(drain_load(server, lost, served))
        start = time.time()
        codes.append(server.process.wait(30))
        longest = max(longest, time.time() - start)
    return not lost and set(codes) == {0}, "%d served, %d lost %s; exit codes %s; %.2f s at most after the last answer" % (
        len(served), len(lost), lost[:2], sorted(set(codes)), longest)


TRIALS = [idle, descriptors, bombs, slowloris, slow_readers, aborts, drains, million]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default=".build/release/HTTPBenchmarkServer")
    parser.add_argument("--loop", default="epoll")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    failed = 0
    for trial in TRIALS:
        if options.names and trial.__name__ not in options.names:
            continue
        good, text = trial(options)
        failed += not good
        print("%s %s: %s" % ("ok    " if good else "FAILED", trial.__name__, text), flush=True)
    sys.exit(1 if failed else 0)


main()
