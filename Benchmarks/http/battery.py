#!/usr/bin/env python3
"""Raw-socket cases against HTTPBenchmarkServer: RFC 9110 and 9112 sentence by sentence, and abuse.

    swift build -c release --product HTTPBenchmarkServer
    python3 Benchmarks/http/battery.py [--server PATH] [--only TEXT]

Runs every case whole and byte by byte, on both event loops, plain and over TLS. Exits 1 on a failure.
"""
import argparse
import gzip
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import zlib

H = b"Host: a\r\n"
NEXT = b"GET /path/next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def get(target=b"/", fields=b"", version=b"1.1", host=H, method=b"GET"):
    return method + b" " + target + b" HTTP/" + version + b"\r\n" + host + fields + b"\r\n"


def post(body=b"", fields=b"", target=b"/echo", host=H):
    return b"POST " + target + b" HTTP/1.1\r\n" + host + fields + b"\r\n" + body


def length(body, fields=b"", target=b"/echo"):
    return post(body, b"Content-Length: %d\r\n" % len(body) + fields, target)


def chunked(raw, fields=b"", target=b"/echo"):
    return post(raw, b"Transfer-Encoding: chunked\r\n" + fields, target)


CASES = []


def case(name, data, statuses, closes=None, content=None, follow=None, count=None):
    """follow: whether a second request sent behind `data` must be answered (True) or must not (False)."""
    statuses = statuses if isinstance(statuses, (tuple, list, set)) else (statuses,)
    CASES.append((name, data, tuple(statuses), closes, content, follow, count))


def ok(name, data, content=None):
    case("accept: " + name, data, 200, content=content, follow=True)


def bad(name, data, statuses=400):
    case("refuse: " + name, data, statuses, closes=True, follow=False)


# Request line
ok("plain", get())
ok("one empty line before", b"\r\n" + get())
ok("two empty lines before", b"\r\n\r\n" + get())
ok("version 1.9", get(version=b"1.9"))
ok("absolute form", get(b"http://a/path/x"), b"x")
ok("absolute form, other host wins", get(b"http://other/path/x"), b"x")
ok("absolute form without path", get(b"http://a"))
ok("absolute form with query only", get(b"http://a?x=1"))
ok("absolute form, upper-case scheme", get(b"HTTP://a/path/x"), b"x")
ok("absolute form with port", get(b"http://a:8080/path/x"), b"x")
ok("query", get(b"/?a=b&c=%20&d"))
ok("empty query", get(b"/?"))
ok("question marks in a query", get(b"/?a?b?c"))
ok("encoded letters", get(b"/%70ath/%61"), b"a")
ok("encoded slash", get(b"/path/a%2Fb"), b"a/b")
ok("lower-case hexadecimal", get(b"/path/a%2fb"), b"a/b")
ok("colon", get(b"/path/a:0"), b"a:0")
ok("encoded colon", get(b"/path/a%3A0"), b"a:0")
ok("dot segments", get(b"/x/../path/a"), b"a")
ok("encoded dot segments", get(b"/x/%2e%2e/path/a"), b"a")
ok("dot segments at the root", get(b"/../../path/a"), b"a")
ok("double encoding stays", get(b"/path/%2561"), b"%61")
ok("sub-delims", get(b"/path/!$&'()*+,;=:@-._~"), b"!$&'()*+,;=:@-._~")
case("OPTIONS *", get(b"*", method=b"OPTIONS"), 204, follow=True)
case("OPTIONS /", get(method=b"OPTIONS"), 204, follow=True)
case("HEAD", get(method=b"HEAD"), 200, follow=True)
case("HEAD of a stream", get(b"/stream/2", method=b"HEAD"), 200, follow=True)
case("404", get(b"/nothing"), 404, follow=True)
case("404 with content", length(b"abc", target=b"/nothing"), 404, follow=True)
case("404 with chunks", chunked(b"3\r\nabc\r\n0\r\n\r\n", target=b"/nothing"), 404, follow=True)
case("405", length(b"abc", target=b"/"), 405, follow=True)
case("405 DELETE", get(method=b"DELETE"), 405, follow=True)
case("501 unknown method", get(method=b"BREW"), 501, follow=True)
case("501 lower-case method", get(method=b"get"), 501, follow=True)
case("405 TRACE", get(method=b"TRACE"), (405, 501), follow=True)
case("CONNECT", get(b"a:443", method=b"CONNECT"), (400, 405, 501))
case("501 long method", get(method=b"A" * 100), (400, 501), closes=True)
for name, line in {
    "no version": b"GET /", "no target": b"GET HTTP/1.1", "two spaces": b"GET  / HTTP/1.1",
    "two spaces before the version": b"GET /  HTTP/1.1", "trailing space": b"GET / HTTP/1.1 ",
    "leading space": b" GET / HTTP/1.1", "tabs": b"GET\t/\tHTTP/1.1", "lower-case http": b"GET / http/1.1",
    "version 1": b"GET / HTTP/1", "version 1.1.1": b"GET / HTTP/1.1.1", "version 11": b"GET / HTTP/11",
    "version 1.x": b"GET / HTTP/1.x", "version 1.10": b"GET / HTTP/1.10", "version +1.1": b"GET / HTTP/+1.1",
    "other protocol": b"GET / ICY/1.1", "space in the target": b"GET /a b HTTP/1.1", "form feed": b"GET\x0c/ HTTP/1.1",
    "vertical tab": b"GET\x0b/ HTTP/1.1", "NUL in the method": b"G\0T / HTTP/1.1", "NUL in the target": b"GET /\0 HTTP/1.1",
    "NUL in the version": b"GET / HTTP/1.1\0", "bare CR": b"GET / HTTP/1.1\rX: y", "quotes": b'"GET" / HTTP/1.1',
    "method with colon": b"GE:T / HTTP/1.1", "DEL in the target": b"GET /\x7f HTTP/1.1",
    "8-bit target": b"GET /\xc3\xbc HTTP/1.1", "fragment": b"GET /#a HTTP/1.1", "angle bracket": b"GET /<a> HTTP/1.1",
    "quote in the target": b'GET /" HTTP/1.1', "backslash": b"GET \\ HTTP/1.1", "percent alone": b"GET /% HTTP/1.1",
    "half an escape": b"GET /%2 HTTP/1.1", "no escape": b"GET /%zz HTTP/1.1", "escaped NUL": b"GET /%00 HTTP/1.1",
    "escapes that are no UTF-8": b"GET /%ff%fe HTTP/1.1", "overlong UTF-8": b"GET /%c0%af HTTP/1.1",
    "relative target": b"GET a HTTP/1.1", "query alone": b"GET ?a HTTP/1.1", "asterisk with GET": b"GET * HTTP/1.1",
    "authority form with GET": b"GET a:80 HTTP/1.1", "ftp": b"GET ftp://a/ HTTP/1.1", "no host": b"GET http:/// HTTP/1.1",
    "user information": b"GET http://u@a/ HTTP/1.1", "user and password": b"GET http://u:p@a/ HTTP/1.1",
    "bad port": b"GET http://a:b/ HTTP/1.1", "bad escape in a query": b"GET /?%z HTTP/1.1",
}.items():
    bad("request line: " + name, line + b"\r\n" + H + b"\r\n")
bad("bare LF after the request line", b"GET / HTTP/1.1\n" + H + b"\r\n")
bad("bare LF everywhere", b"GET / HTTP/1.1\nHost: a\n\n")
bad("bare LF before the request line", b"\n" + get())
bad("bare CR before the request line", b"\r" + get())
bad("many empty lines", b"\r\n" * 200 + get())
bad("HTTP/0.9", b"GET /\r\n")
bad("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505))
bad("HTTP/2.0", get(version=b"2.0"), 505)
bad("HTTP/3.0", get(version=b"3.0"), 505)
bad("HTTP/0.9 named", get(version=b"0.9"), 505)
bad("TLS hello", bytes.fromhex("16030100a5010000a1030300"))
bad("target too long", get(b"/" + b"a" * 9000), 414)
bad("target far too long", get(b"/" + b"a" * 100000), 414)

# Host
bad("no Host", get(host=b""))
bad("no Host with absolute form", get(b"http://a/", host=b""))
bad("two Hosts", get(host=b"Host: a\r\nHost: a\r\n"))
bad("two different Hosts", get(host=b"Host: a\r\nhost: b\r\n"))
for name, host in {
    "with space": b"a b", "with slash": b"a/b", "with user": b"u@a", "with comma": b"a, b", "with letters for port": b"a:x",
    "with two ports": b"a:1:2", "with huge port": b"a:99999", "half a bracket": b"[::1", "bare IPv6": b"::1",
    "empty brackets": b"[]", "with query": b"a?b", "with backslash": b"a\\b", "with NUL": b"a\0b", "with 8 bits": b"\xfc",
    "with bad escape": b"%zz", "with quote": b'"a"',
}.items():
    bad("Host " + name, get(host=b"Host: " + host + b"\r\n"))
for name, host in {
    "empty": b"", "with port": b"a:80", "with empty port": b"a:", "IPv4": b"127.0.0.1:80", "IPv6": b"[::1]:80",
    "with surrounding tabs": b"\ta\t", "registered name": b"a_b~c!$&'()*+;=",
}.items():
    ok("Host " + name, get(host=b"Host:" + host + b"\r\n"))
ok("HTTP/1.0 without Host and with keep-alive", get(version=b"1.0", host=b"Connection: keep-alive\r\n"))
case("HTTP/1.0 closes", get(version=b"1.0", host=b""), 200, closes=True, follow=False)
case("HTTP/1.0 stream closes", get(b"/stream/2", version=b"1.0", host=b"Connection: keep-alive\r\n"), 200, closes=True,
     content=b"line 0\nline 1\n")

# Fields
for name, line in {
    "space before the colon": b"X : y", "tab before the colon": b"X\t: y", "no name": b": y", "no colon": b"X",
    "space in the name": b"X y: z", "leading space": b" X: y", "leading tab": b"\tX: y", "folded": b"X: y\r\n z",
    "folded with tab": b"X: y\r\n\tz", "NUL in the value": b"X: a\0b", "CR in the value": b"X: a\rb",
    "LF in the value": b"X: a\nY: b", "NUL in the name": b"X\0: a", "control in the value": b"X: \x01", "DEL": b"X: \x7f",
    "8 bits in the name": b"\xfc: a", "parenthesis in the name": b"X(): a", "quote in the name": b'"X": a',
    "at in the name": b"X@: a", "comma in the name": b"X,Y: a", "slash in the name": b"X/Y: a", "bracket": b"X[0]: a",
    "form feed": b"X: a\x0cb", "vertical tab": b"X: \x0b", "escape": b"X: \x1b", "backspace": b"X: \x08",
    "CR before CRLF": b"X: a\r", "CR in the name": b"X\r: a", "LF in the name": b"X\n: a",
}.items():
    bad("field: " + name, get(fields=line + b"\r\n"))
bad("field: whitespace before the first", b"GET / HTTP/1.1\r\n " + H + b"\r\n")
bad("field: bare LF at the end of the head", b"GET / HTTP/1.1\r\nHost: a\r\n\n")
bad("fields too large", get(fields=b"X: " + b"a" * 40000 + b"\r\n"), 431)
bad("fields too large together", get(fields=b"".join(b"X%d: " % i + b"a" * 1000 + b"\r\n" for i in range(40))), 431)
bad("too many fields", get(fields=b"X: y\r\n" * 150), 431)
bad("endless field", b"GET / HTTP/1.1\r\nX: " + b"a" * 100000, 431)
for name, line in {
    "without space": b"X:y", "empty": b"X:", "many spaces": b"X:    y    ", "tabs": b"X:\ty\t", "8 bits": b"X: \xfc\xff",
    "all token characters": b"!#$%&'*+-.^_`|~09azAZ: y", "repeated": b"X: a\r\nX: b", "colons": b"X: a:b:c",
    "quoted string": b'X: "a\\"b"',
}.items():
    ok("field " + name, get(fields=line + b"\r\n"))

# Lengths and codings
ok("Content-Length", length(b"abc"), b"abc")
ok("Content-Length 0", length(b""), b"")
ok("Content-Length with zeros before", post(b"abc", b"Content-Length: 003\r\n"), b"abc")
ok("no content", post(), b"")
ok("content with GET", get(fields=b"Content-Length: 3\r\n") + b"abc")
for name, value in {
    "negative": b"-1", "plus": b"+3", "hexadecimal": b"0x3", "letters": b"3a", "empty": b"", "space inside": b"3 3",
    "list": b"3, 3", "list without space": b"3,3", "different list": b"3, 4", "decimal": b"3.0", "exponent": b"3e0",
    "2^63": b"9223372036854775808", "2^64": b"18446744073709551616", "2^64 + 3": b"18446744073709551619",
    "very long": b"9" * 200, "quoted": b'"3"', "semicolon": b"3;", "underscore": b"1_0", "8 bits": b"\xb3",
}.items():
    bad("Content-Length " + name, post(b"abc", b"Content-Length: " + value + b"\r\n"))
bad("Content-Length twice", post(b"abc", b"Content-Length: 3\r\nContent-Length: 3\r\n"))
bad("Content-Length twice, differing", post(b"abc", b"Content-Length: 3\r\nContent-Length: 4\r\n"))
bad("Content-Length and chunked", post(b"0\r\n\r\n", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"))
bad("chunked and Content-Length", post(b"0\r\n\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"))
bad("chunked and Content-Length 0", post(b"0\r\n\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"))
bad("Content-Length above the limit", post(b"", b"Content-Length: 9999999999\r\n"), 413)
for name, value in {
    "xchunked": b"xchunked", "chunked, gzip": b"chunked, gzip", "chunked twice": b"chunked, chunked", "identity": b"identity",
    "empty": b"", "comma after": b"chunked,", "comma before": b",chunked", "parameter": b"chunked;a=b", "quoted": b'"chunked"',
    "gzip": b"gzip", "chunked identity": b"chunked, identity", "space inside": b"chun ked", "dot": b"chunked.",
    "vertical tab": b"\x0bchunked", "NUL": b"chunked\0", "semicolon": b"chunked;", "cow": b"cow", "two words": b"a chunked",
    "form feed": b"chunked\x0c", "long s": "chun\u212aed".encode(),
}.items():
    bad("Transfer-Encoding " + name, post(b"0\r\n\r\n", b"Transfer-Encoding: " + value + b"\r\n"), (400, 501))
bad("Transfer-Encoding twice", post(b"0\r\n\r\n", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"))
bad("Transfer-Encoding and identity", post(b"0\r\n\r\n", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"))
bad("Transfer-Encoding gzip, chunked", post(b"0\r\n\r\n", b"Transfer-Encoding: gzip, chunked\r\n"), 501)
bad("Transfer-Encoding folded", post(b"0\r\n\r\n", b"Transfer-Encoding:\r\n chunked\r\n"))
bad("Transfer-Encoding with space before the colon", post(b"0\r\n\r\n", b"Transfer-Encoding : chunked\r\n"))
bad("chunked in HTTP/1.0", b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

# Chunks
ok("chunks", chunked(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), b"abcde")
ok("no chunks", chunked(b"0\r\n\r\n"), b"")
ok("upper-case hexadecimal", chunked(b"A\r\n0123456789\r\n0\r\n\r\n"), b"0123456789")
ok("lower-case hexadecimal chunk", chunked(b"a\r\n0123456789\r\n0\r\n\r\n"), b"0123456789")
ok("zeros before", chunked(b"0003\r\nabc\r\n000\r\n\r\n"), b"abc")
ok("extension", chunked(b"3;a=b\r\nabc\r\n0;c\r\n\r\n"), b"abc")
ok("quoted extension", chunked(b'3;a="b;\\"c"\r\nabc\r\n0\r\n\r\n'), b"abc")
ok("extension with bad whitespace", chunked(b"3 ; a = b\r\nabc\r\n0\r\n\r\n"), b"abc")
ok("trailer", chunked(b"3\r\nabc\r\n0\r\nX: y\r\n\r\n"), b"abc")
ok("forbidden trailers", chunked(b"3\r\nabc\r\n0\r\nContent-Length: 9\r\nHost: b\r\nTransfer-Encoding: x\r\n\r\n"), b"abc")
ok("Chunked", post(b"3\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: Chunked\r\n"), b"abc")
ok("CHUNKED and tabs", post(b"3\r\nabc\r\n0\r\n\r\n", b"TRANSFER-ENCODING:\tCHUNKED\t\r\n"), b"abc")
for name, raw in {
    "no size": b"\r\nabc\r\n0\r\n\r\n", "letters": b"xyz\r\nabc\r\n0\r\n\r\n", "0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "plus": b"+3\r\nabc\r\n0\r\n\r\n", "minus": b"-3\r\nabc\r\n0\r\n\r\n", "space before": b" 3\r\nabc\r\n0\r\n\r\n",
    "space after": b"3 \r\nabc\r\n0\r\n\r\n", "tab after": b"3\t\r\nabc\r\n0\r\n\r\n", "LF": b"3\nabc\r\n0\r\n\r\n",
    "LF after data": b"3\r\nabc\n0\r\n\r\n", "CR": b"3\rabc\r\n0\r\n\r\n", "nothing after data": b"3\r\nabc0\r\n\r\n",
    "too much data": b"3\r\nabcd\r\n0\r\n\r\n", "too little data": b"5\r\nabc\r\n0\r\n\r\n", "LF at the end": b"3\r\nabc\r\n0\r\n\n",
    "LF after 0": b"3\r\nabc\r\n0\n\r\n", "2^64": b"10000000000000000\r\nabc\r\n", "2^64 + 3": b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "2^63": b"8000000000000000\r\nabc\r\n", "many digits": b"f" * 100 + b"\r\n", "comma": b"3,\r\nabc\r\n0\r\n\r\n",
    "NUL": b"3\0\r\nabc\r\n0\r\n\r\n", "underscore": b"0_3\r\nabc\r\n0\r\n\r\n", "LF in extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
    "CR in extension": b"3;a\rb\r\nabc\r\n0\r\n\r\n", "NUL in extension": b"3;\0\r\nabc\r\n0\r\n\r\n", "open quote": b'3;a="b\r\nabc\r\n0\r\n\r\n',
    "empty extension": b"3;\r\nabc\r\n0\r\n\r\n", "trailer with space": b"0\r\nX : y\r\n\r\n", "trailer without colon": b"0\r\nX\r\n\r\n",
    "folded trailer": b"0\r\nX: y\r\n z\r\n\r\n", "trailer with LF": b"0\r\nX: y\n\r\n", "trailer with NUL": b"0\r\nX: \0\r\n\r\n",
    "long extension": b"3;" + b"a" * 5000 + b"\r\nabc\r\n0\r\n\r\n", "semicolon only": b";\r\n", "CRLF before size": b"\r\n3\r\nabc\r\n0\r\n\r\n",
}.items():
    bad("chunk: " + name, chunked(raw))
bad("trailers too large", chunked(b"0\r\nX: " + b"a" * 40000 + b"\r\n\r\n"), 431)
bad("too many trailers", chunked(b"0\r\n" + b"X: y\r\n" * 150 + b"\r\n"), 431)
bad("endless extensions", chunked(b"1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n" * 2000))

# Expectations, connections, codings of content
case("Expect with content at hand", length(b"abc", b"Expect: 100-continue\r\n"), (100, 200), follow=True)
case("Expect in other case", length(b"abc", b"expect: 100-CONTINUE\r\n"), (100, 200), follow=True)
bad("unknown expectation", length(b"abc", b"Expect: magic\r\n"), 417)
case("Expect with HTTP/1.0", b"POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", 200, closes=True)
case("Expect for too much", post(b"", b"Content-Length: 9999999999\r\nExpect: 100-continue\r\n"), 413, closes=True)
case("Connection: close", get(fields=b"Connection: close\r\n"), 200, closes=True, follow=False)
case("Connection: CLOSE in a list", get(fields=b"Connection: x, CLOSE\r\n"), 200, closes=True, follow=False)
case("Connection: close, keep-alive", get(fields=b"Connection: keep-alive\r\nConnection: close\r\n"), 200, closes=True, follow=False)
ok("Upgrade ignored", get(fields=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"))
ok("websocket ignored", get(fields=b"Connection: Upgrade\r\nUpgrade: websocket\r\n"))
ok("gzip", length(gzip.compress(b"abc" * 100), b"Content-Encoding: gzip\r\n"), b"abc" * 100)
ok("x-gzip", length(gzip.compress(b"abc"), b"Content-Encoding: x-gzip\r\n"), b"abc")
ok("GZIP", length(gzip.compress(b"abc"), b"Content-Encoding: GZIP\r\n"), b"abc")
ok("deflate", length(zlib.compress(b"abc" * 100), b"Content-Encoding: deflate\r\n"), b"abc" * 100)
ok("identity", length(b"abc", b"Content-Encoding: identity\r\n"), b"abc")
ok("chunked gzip", chunked(b"%x\r\n" % len(gzip.compress(b"abc")) + gzip.compress(b"abc") + b"\r\n0\r\n\r\n", b"Content-Encoding: gzip\r\n"), b"abc")
case("br", length(b"abc", b"Content-Encoding: br\r\n"), 415, follow=True)
case("gzip twice", length(b"abc", b"Content-Encoding: gzip, gzip\r\n"), 415, follow=True)
case("corrupt gzip", length(b"abcdefghijkl", b"Content-Encoding: gzip\r\n"), 400, follow=True)
case("cut gzip", length(gzip.compress(b"abc" * 100)[:-5], b"Content-Encoding: gzip\r\n"), 400, follow=True)
case("gzip with wrong sum", length(gzip.compress(b"abc")[:-8] + b"\0" * 8, b"Content-Encoding: gzip\r\n"), 400, follow=True)
case("gzip with rubbish behind", length(gzip.compress(b"abc") + b"rubbish", b"Content-Encoding: gzip\r\n"), 400, follow=True)
case("If-None-Match", get(b"/etag", b'If-None-Match: W/"v1"\r\n'), 304, follow=True)
case("If-None-Match *", get(b"/etag", b"If-None-Match: *\r\n"), 304, follow=True)
case("If-Match", get(b"/etag", b'If-Match: "v2"\r\n'), 412, follow=True)
case("Range", get(b"/etag", b"Range: bytes=2-4\r\n"), 206, content=b"234", follow=True)
case("Range suffix", get(b"/etag", b"Range: bytes=-3\r\n"), 206, content=b"789", follow=True)
case("Range open", get(b"/etag", b"Range: bytes=8-\r\n"), 206, content=b"89", follow=True)
case("Range beyond", get(b"/etag", b"Range: bytes=10-\r\n"), 416, follow=True)
case("Range malformed", get(b"/etag", b"Range: bytes=5-2\r\n"), 200, content=b"0123456789", follow=True)
case("Range other unit", get(b"/etag", b"Range: lines=1-2\r\n"), 200, follow=True)
case("If-Range other", get(b"/etag", b'Range: bytes=2-4\r\nIf-Range: "v2"\r\n'), 200, follow=True)
case("stream", get(b"/stream/2"), 200, content=b"line 0\nline 1\n", follow=True)
case("pipeline of ten", get() * 10, 200, follow=True, count=10)
case("pipeline with contents", length(b"abc") + chunked(b"3\r\nabc\r\n0\r\n\r\n") + length(b"abc"), 200, follow=True, count=3)
case("pipeline across tasks", get(b"/hop") * 5, 200, follow=True, count=5)
case("smuggled request is content", length(NEXT), 200, content=NEXT, follow=True)


class Reader:
    def __init__(self, sock):
        self.sock, self.data, self.ended = sock, b"", False

    def more(self):
        try:
            got = self.sock.recv(65536)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
            got = b""
        self.ended = self.ended or not got
        self.data += got
        return bool(got)

    def until(self, mark):
        while mark not in self.data:
            if not self.more():
                return None
        head, self.data = self.data.split(mark, 1)
        return head

    def exactly(self, count):
        while len(self.data) < count:
            if not self.more():
                return None
        got, self.data = self.data[:count], self.data[count:]
        return got

    def answer(self, is_head):
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.split(b"\r\n")
        match = re.fullmatch(rb"HTTP/1\.1 (\d\d\d) [ -~]*", lines[0])
        assert match, "bad status line %r" % lines[0]
        status, fields = int(match[1]), {}
        for line in lines[1:]:
            assert re.fullmatch(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\x00-\x08\x0a-\x1f\x7f]*", line), "bad field %r" % line
            name, value = line.split(b": ", 1)
            assert name.lower() not in fields, "repeated %r" % name
            fields[name.lower()] = value
        if status == 100:
            return status, fields, b""
        assert b"date" in fields, "no Date"
        assert b"x-request-id" in fields, "no X-Request-Id"
        framed = (b"content-length" in fields) + (b"transfer-encoding" in fields)
        if status in (204, 304):
            assert not framed, "%d with framing" % status
            return status, fields, b""
        assert framed == 1 or fields.get(b"connection") == b"close", "unframed answer"
        if status == 405:
            assert b"allow" in fields, "405 without Allow"
        if status >= 400 and not is_head:
            assert fields.get(b"content-type") == b"application/problem+json", "error is no problem"
        if is_head:
            return status, fields, b""
        if b"content-length" in fields:
            content = self.exactly(int(fields[b"content-length"]))
        elif b"transfer-encoding" in fields:
            content = b""
            while True:
                size = int(self.until(b"\r\n"), 16)
                piece = self.exactly(size + 2)
                if size == 0:
                    break
                content += piece[:-2]
        else:
            while self.more():
                pass
            content, self.data = self.data, b""
        return status, fields, content


def run(connect, item, bytewise):
    name, data, statuses, closes, content, follow, count = item
    sock = connect()
    sent = data + (NEXT if follow is not None else b"")
    try:
        if bytewise:
            for index in range(len(sent)):
                sock.sendall(sent[index:index + 1])
        else:
            sock.sendall(sent)
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        pass
    if closes or follow is not None:
        try:
            if isinstance(sock, ssl.SSLSocket):
                pass
            elif closes and not follow:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    reader = Reader(sock)
    is_head = data.startswith(b"HEAD")
    answers = []
    for _ in range(count or 1):
        answer = reader.answer(is_head)
        assert answer, "no answer"
        while answer[0] == 100:
            assert 100 in statuses or 417 in statuses, "unasked 100"
            answer = reader.answer(is_head)
            assert answer, "no answer behind 100"
        answers.append(answer)
        assert answer[0] in statuses, "status %d, not in %s" % (answer[0], statuses)
    if content is not None:
        assert answers[0][2] == content, "content %r" % answers[0][2][:80]
    if closes:
        assert answers[-1][1].get(b"connection") == b"close", "no Connection: close"
    if follow:
        after = reader.answer(False)
        assert after and after[2] == b"next", "next request not answered: %r" % (after,)
    if follow is False or closes:
        while not reader.ended and reader.more():
            pass
        assert not reader.data, "something follows: %r" % reader.data[:80]
    sock.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default=".build/release/HTTPBenchmarkServer")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    key, chain = folder + "/key.pem", folder + "/chain.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                    "-out", chain, "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    failures = total = 0
    for loop in ("epoll", "dispatch"):
        for secure in (False, True):
            command = [options.server, "--port", "0", "--event-loop", loop]
            if secure:
                command += ["--tls-cert", chain, "--tls-key", key]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
            port = int(server.stdout.readline().rsplit(b":", 1)[1])

            def connect():
                sock = socket.create_connection(("127.0.0.1", port), timeout=5)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return context.wrap_socket(sock, server_hostname="localhost") if secure else sock

            for item in CASES:
                if options.only not in item[0]:
                    continue
                for bytewise in (False, True):
                    if bytewise and len(item[1]) > 3000:
                        continue
                    total += 1
                    try:
                        run(connect, item, bytewise)
                    except Exception as error:
                        failures += 1
                        print("FAILED %s%s%s: %s: %s %s" % (loop, " TLS" if secure else "", " bytewise" if bytewise else "", item[0],
                                                           type(error).__name__, error))
            server.terminate()
            if server.wait(30) != 0:
                failures += 1
                print("FAILED %s: exit %s" % (loop, server.returncode))
    print("%d passed, %d failed" % (total - failures, failures))
    sys.exit(1 if failures else 0)


main()
