#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hub's front from outside: what is malformed, oversized, slow, replayed, unsigned, wrongly signed, foreign or of
another time has its code and its count, and changes nothing for the others."""
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import warnings

from hub_http import HUB, Failure, FrontHub, Wire, check, equal, main, raise_file_limit, request, test, wait_until
from proxy import Proxy

OTHER_STUDIO = "7f1c0d6e-4c1a-8d1f-9b3a-0a1b2c3d4e5f"
MINUTE_MS = 60 * 1000
SLOW_CLIENTS = 200
IDLE_CONNECTIONS = 10000
PER_ADDRESS = 250  # below the hub's limit; loopback has addresses enough
SPARE_FILES = 600


def expect(hub, data, status, code, path, counted=True):
    before = hub.counted(path, code) if counted else 0
    reply = hub.ask(data)
    check(reply is not None, f"no answer to {data[:200]!r}")
    equal((reply.status, reply.code), (status, code), f"answer to {data[:300]!r}: {reply}")
    if counted:
        equal(hub.counted(path, code), before + 1, f"count of {path} {code}")
    return reply


@test("what is malformed is refused with its code and counted")
def malformed(place):
    hub = place.hub()
    from_somewhere = FrontHub.somewhere
    for method, path, headers, body, status, code, label in [
        ("GET", "/", [], b"", 404, "not_found", "other"),
        ("GET", "/v1/sync/../pair", [], b"", 404, "not_found", "other"),
        ("GET", "/v1/%73ync", [], b"", 404, "not_found", "other"),
        ("POST", "/v2/sync", [], b"", 404, "not_found", "other"),
        ("GET", "/v1/sync", [], b"", 405, "wrong_method", "/v1/sync"),
        ("PUT", "/v1/pair", [], b"{}", 405, "wrong_method", "/v1/pair"),
        ("POST", "/v1/events", [], b"", 405, "wrong_method", "/v1/events"),
        ("BREW", "/v1/sync", [], b"", 405, "wrong_method", "/v1/sync"),
        ("POST", "/v1/sync?a=1", [], b"", 400, "bad_request", "/v1/sync"),
        ("POST", "/v1/sync", [], b"", 401, "unsigned", "/v1/sync"),
        ("POST", "/v1/rights", [], b"nonsense", 401, "unsigned", "/v1/rights"),
        ("GET", "/v1/events", [], b"", 401, "unsigned", "/v1/events"),
        ("GET", "/v1/snapshot", [], b"", 401, "unsigned", "/v1/snapshot"),
        ("GET", "/v1/events", [], b"body", 400, "bad_request", "/v1/events"),
        ("POST", "/v1/sync", [("Signature", "sl=:AAAA:"), ("Signature-Input", "sl=()")], b"", 400, "bad_request",
         "/v1/sync"),
        ("POST", "/v1/sync", [("Signature", "a"), ("signature", "b")], b"", 400, "bad_request", "/v1/sync"),
        ("POST", "/v1/sync", [("Signature", "a" * 3000), ("Signature-Input", "b")], b"", 400, "bad_request",
         "/v1/sync"),
        ("POST", "/v1/pair", [], b"", 400, "bad_request", "/v1/pair"),
        ("POST", "/v1/pair", [], b"{", 400, "bad_request", "/v1/pair"),
        ("POST", "/v1/pair", [], b"[" * 8000, 400, "bad_request", "/v1/pair"),
        ("POST", "/v1/pair", [], b'{"code":1}', 400, "bad_request", "/v1/pair"),
        ("POST", "/v1/pair", [], json.dumps({"code": "AAAA-BBBB-CCCC", "request": "0" * 32, "name": "x"}).encode(), 403,
         "code_invalid", "/v1/pair"),
        ("POST", "/v1/pair", [], b"x" * 20000, 413, "too_large", "/v1/pair"),
        ("POST", "/v1/sync", [], b"x" * (8 * 1024 * 1024 + 1), 413, "too_large", "/v1/sync"),
    ]:
        expect(hub, request(method, path, [from_somewhere(), *headers], body), status, code, label)
    # Large as announced: refused before it is sent.
    announced = [from_somewhere(), ("Content-Length", str(5 << 30)), ("Expect", "100-continue")]
    expect(hub, request("POST", "/v1/found", announced), 413, "too_large", "/v1/found")


@test("what is hardly HTTP is refused and harms nobody")
def no_http(place):
    hub = place.hub()
    before = hub.metrics()
    for data in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200) + b"\r\n\r\n",
        b"\r\n" * 5000 + b"GET / HTTP/1.1\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 100000 + b"\r\n\r\n",
        b"POST /" + b"y" * 100000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * 3000 + b"\r\n",
        b"GET /health HTTP/1.1\r\nHost: h\r\n folded: header\r\n\0: \xff\xfe\r\n\r\n",
        os.urandom(5000) + b"\r\n\r\n",
    ]:
        with Wire(hub.port) as wire:
            wire.send(data)
            with contextlib.suppress(OSError):  # it may be ended already
                wire.socket.shutdown(socket.SHUT_WR)
            reply = wire.read()
            refused = reply is None or reply.status >= 400 or data.startswith(b"GET /health")
            check(refused, f"{data[:100]!r}: {reply}")
            wire.ended()
    equal(hub.ask(request("GET", "/health")).status, 200, "health after all that")
    after = hub.metrics()
    check(after['studioloop_hub_connections_dropped_total{reason="malformed"}'] >
          before['studioloop_hub_connections_dropped_total{reason="malformed"}'], "the malformed were counted")


@test("who signs wrongly or of another studio or at another time is told so")
def signatures(place):
    hub = place.hub()
    _desk, _account = place.founded(hub)
    studio = hub.run("org", "list")["items"][0]["organisation"]
    signer = place.signer()

    def ask(path, status, code, change=None, method="POST", body=b"body", sent=None, **how):
        headers = signer.headers(method, path, body, **{"org": studio, **how})
        if change:
            headers.update(change)
        data = request(method, path, [FrontHub.somewhere(), *headers.items()], body if sent is None else sent)
        reply = expect(hub, data, status, code, path)
        return data, reply

    for path in ("/v1/sync", "/v1/rights"):
        ask(path, 403, "foreign_organisation", org=OTHER_STUDIO)
        ask(path, 403, "unknown_device", with_key=False)
        ask(path, 401, "bad_signature", sent=b"bodx")
        ask(path, 401, "bad_signature", change={"studioloop-key": "A" * 43 + "="})
        ask(path, 401, "bad_signature", change={"signature": "sl=:" + "A" * 86 + "==:"})
        ask(path, 400, "bad_request", change={"studioloop-org": "nobody"})
        for offset in (-3 * MINUTE_MS, 3 * MINUTE_MS, 60 * 24 * 365 * MINUTE_MS):
            _data, reply = ask(path, 401, "clock_skew", offset_ms=offset)
            check(re.fullmatch(r"\d{13}", reply.headers.get("studioloop-time", "")), f"its time: {reply}")
            check("signature" in reply.headers, "signed, or nobody may believe it")
    for path in ("/v1/events", "/v1/snapshot"):
        ask(path, 403, "foreign_organisation", method="GET", body=b"", org=OTHER_STUDIO)
        ask(path, 403, "unknown_device", method="GET", body=b"", with_key=False)
    # Well signed, by a device that nobody has admitted, with a body that is no stream.
    headers = signer.headers("POST", "/v1/sync", b"body", org=studio)
    data = request("POST", "/v1/sync", [FrontHub.somewhere(), *headers.items()], b"body")
    first = hub.ask(data)
    check(first.code in ("bad_request", "unknown_device"), f"{first}")
    expect(hub, data, 409, "replayed", "/v1/sync")
    # The same signature for another path.
    moved = request("POST", "/v1/rights", [FrontHub.somewhere(), *headers.items()], b"body")
    expect(hub, moved, 401, "bad_signature", "/v1/rights")


class Tap(Proxy):
    """A proxy that keeps what went to the hub."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.hub_port, self.port, self.requests = port, self.listener.getsockname()[1], []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _where = self.listener.accept()
            except OSError:
                return
            with client, Wire(self.hub_port) as wire:
                client.settimeout(1)
                data = b""
                while b"\r\n\r\n" not in data:
                    data += client.recv(65536)
                head, _, body = data.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if re.search(rb"(?i)\r\nexpect:", head):
                    client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                while length and len(body) < int(length.group(1)):
                    body += client.recv(65536)
                head = re.sub(rb"(?i)\r\n(expect|connection|host):[^\r]*", b"", head) + b"\r\nHost: hub"
                self.requests.append(head + b"\r\n\r\n" + body)
                reply = wire.send(self.requests[-1]).read()
                lines = [f"HTTP/1.1 {reply.status} X", "connection: close"]
                lines += [f"{name}: {value}" for name, value in reply.headers.items() if name != "connection"]
                client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + reply.body)

    def close(self):
        self.listener.close()


@test("a device's own requests are of no use to whoever has seen them")
def overheard(place):
    hub = place.hub()
    one, _account = place.founded(hub, "one", "Fynbos Fitness")
    tap = Tap(hub.port)
    place.stack.callback(tap.close)
    other = place.desk("other")
    other.init(org="Other Fitness")
    other.ok("pair", tap.url, hub.run("org", "add", "Other Fitness")["code"])
    other.ok("sync", "now")
    seen = [each for each in tap.requests if each.startswith(b"POST /v1/sync ")]
    check(seen, "no exchange was overheard")
    expect(hub, seen[-1], 409, "replayed", "/v1/sync")
    studios = {each["name"]: each["organisation"] for each in hub.run("org", "list")["items"]}
    swapped = seen[-1].replace(studios["Other Fitness"].encode(), studios["Fynbos Fitness"].encode())
    check(swapped != seen[-1], "the studio stands in the request")
    reply = hub.ask(swapped)
    check(reply.code in ("unknown_device", "bad_signature"), f"of another studio: {reply}")
    changed = seen[-1][:-1] + bytes([seen[-1][-1] ^ 1])
    expect(hub, changed, 401, "bad_signature", "/v1/sync")
    hashes = {desk: desk.ok("state-hash")["hash"] for desk in (one, other)}
    one.ok("sync", "now")
    other.ok("sync", "now")
    check(hashes[one] != hashes[other], "two studios")
    equal(one.ok("verify")["ok"], True, "one's log")
    equal(other.ok("verify")["ok"], True, "the other's log")


@test("whom nobody knows may ask a hundred times an hour from one address")
def unknown_limit(place):
    hub = place.hub()
    here = FrontHub.somewhere()
    data = request("POST", "/v1/sync", [here])
    codes = [hub.ask(data).code for _ in range(101)]
    equal(codes[:100], ["unsigned"] * 100, "the first hundred")
    reply = hub.ask(data)
    equal((reply.status, reply.code), (429, "too_many"), "one more")
    check(int(reply.headers["retry-after"]) > 0, "when to come again")
    equal(hub.ask(request("POST", "/v1/sync", [FrontHub.somewhere()])).code, "unsigned", "another address")
    check(hub.counted("/v1/sync", "too_many") >= 1, "counted")


@test("200 clients that dribble do not stop others and are sent away")
def slow_loris(place):
    hub = place.hub()
    wires = [Wire(hub.port) for _ in range(SLOW_CLIENTS)]
    for number, wire in enumerate(wires):
        place.stack.callback(wire.close)
        if number % 2:
            wire.send(b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nx")
        else:
            wire.send(b"POST /v1/sync HTTP/1.1\r\nHost: h\r\nX: ")
    done, served = threading.Event(), []

    def dribble():
        while not done.wait(0.5):
            for wire in wires:
                wire.send(b"y")

    dribbler = threading.Thread(target=dribble, daemon=True)
    dribbler.start()
    try:
        def gone():
            served.append(hub.ask(request("GET", "/health")).status)
            return hub.metrics()['studioloop_hub_connections_dropped_total{reason="slow"}'] >= SLOW_CLIENTS

        wait_until(gone, "the slow ones were not sent away")
    finally:
        done.set()
        dribbler.join()
    equal(set(served), {200}, "who asked meanwhile")
    replies = [wire.read() for wire in wires]
    told = [reply for reply in replies if reply is not None]
    equal({reply.code for reply in told} - {"too_slow"}, set(), "what they were told")
    check(all(wire.ended() for wire in wires), "ended")
    print(f"# {len(told)} of {SLOW_CLIENTS} heard why; {len(served)} requests of another were answered meanwhile")


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


@test("10000 idle connections do not stop others")
def idle(place):
    files = raise_file_limit()
    count = min(IDLE_CONNECTIONS, files - SPARE_FILES)
    hub = place.hub()
    hub.options = []
    equal(hub.stop(), 0, "exit status")
    hub.start()  # without a proxy, so that addresses count
    before = memory_kib(hub.pid)
    wires = []
    place.stack.callback(lambda: [wire.close() for wire in wires])
    for number in range(count):
        source = (f"127.0.{1 + number // PER_ADDRESS // 250}.{1 + number // PER_ADDRESS % 250}", 0)
        wires.append(socket.create_connection(("127.0.0.1", hub.port), source_address=source))
    wait_until(lambda: hub.metrics()["studioloop_hub_connections_total"] > count, "all taken")
    held = hub.metrics()["studioloop_hub_connections"]
    memory = memory_kib(hub.pid) - before
    equal({hub.ask(request("GET", "/health")).status for _ in range(50)}, {200}, "another client")
    wait_until(lambda: hub.metrics()["studioloop_hub_connections"] < 10, "those who say nothing are sent away")
    print(f"# {count} connections, {held:.0f} at once, {memory} KiB, {memory * 1024 / max(held, 1):.0f} bytes each")


@test("an address has no more connections than it may")
def one_address(place):
    hub = place.hub("--connections-per-address", "20")
    hub.options = ["--connections-per-address", "20"]
    equal(hub.stop(), 0, "exit status")
    hub.start()
    wires = [Wire(hub.port, "127.0.0.2") for _ in range(20)]
    place.stack.callback(lambda: [wire.close() for wire in wires])
    name = 'studioloop_hub_connections_dropped_total{reason="address"}'
    equal(hub.metrics()[name], 0, "dropped of those that it may have")

    def are_dropped():
        wires.append(Wire(hub.port, "127.0.0.2"))
        return hub.metrics()[name] >= 10

    wait_until(are_dropped, "the surplus is dropped")
    check(len(wires) >= 30, f"one that it may have was dropped: {len(wires)} and {hub.metrics()[name]}")


@test("SIGTERM under load answers who was heard and ends in good order")
def stop_under_load(place):
    hub = place.hub()
    stopped, wrong, answered = threading.Event(), [], []

    def load():
        while not stopped.is_set():
            try:
                with Wire(hub.port) as wire:
                    for _ in range(20):
                        reply = wire.send(request("POST", "/v1/sync", [FrontHub.somewhere()])).read()
                        if reply is None:
                            break
                        answered.append(reply.status)
                        if reply.status not in (401, 503):
                            wrong.append(str(reply))
                        if reply.headers.get("connection") == "close":
                            break
            except ConnectionError:
                stopped.wait(0.01)
            except OSError as problem:
                wrong.append(repr(problem))

    threads = [threading.Thread(target=load, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(answered) > 200, "load")
        equal(hub.stop(), 0, "exit status")
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    equal(wrong, [], "answers under way")
    check("stopping" in {each["event"] for each in hub.events()}, "it said so")
    last = hub.events()[-1]
    equal((last["event"], last.get("clean")), ("stopped", True), "nothing was left behind")


@test("a hub that was killed goes on where it was")
def restart(place):
    hub = place.hub()
    desk, account = place.founded(hub)
    for round_number in range(3):
        desk.ok("member", "add", "--first", "Thandi", "--last", f"Nkosi{round_number}", "--anyway")
        desk.ok("sync", "now")
        hub.kill()
        hub.start()
        told = desk.ok("sync", "now")
        equal((told["pending"], told["online"]), (0, True), "after the restart")
    devices = hub.run("device", "list", "--org", account)["items"]
    equal(sorted(each["role"] or "" for each in devices), ["", "hub"], "its devices")


@test("neither log nor counters say who it was")
def privacy(place):
    hub = place.hub("--log", "debug")
    desk, account = place.founded(hub, studio="Baobab Yoga")
    second = place.desk("second")
    code = hub.run("pairing-code", "--org", account)["code"]
    second.ok("pair", hub.url, code, "--name", "Nomsas Laptop")
    desk.ok("member", "add", "--first", "Thandiwe", "--last", "Mokoena", "--phone", "+27821234567")
    desk.ok("sync", "now")
    second.ok("sync", "now")
    hub.ask(request("GET", "/thandiwe@example.org", {"User-Agent": "Thandiwe"}))
    studio = hub.run("org", "list")["items"][0]["organisation"]
    told = hub.told() + json.dumps(hub.metrics())
    secrets = ["Baobab", "Nomsas", "handiwe", "Mokoena", "2782", "127.0.0.1", code, code.replace("-", ""), studio]
    secrets += [account, desk.ok("sync", "status")["replica"], desk.directory, hub.directory]
    for secret in secrets:
        check(secret not in told, f"it says {secret!r}")
    check(studio[:8] in hub.told(), "the short id is there")
    equal({"time", "level", "event"} - set.intersection(*(set(each) for each in hub.events())), set(), "every line")


@test("counters are for this machine and whom the operator names")
def metrics_for(place):
    hub = place.hub("--metrics-for", "203.0.113.0/24")
    for forwarded, status in [("203.0.113.9", 200), ("198.51.100.7", 404), ("203.0.113.9, 198.51.100.7", 404)]:
        reply = hub.ask(request("GET", "/metrics", {"X-Forwarded-For": forwarded}))
        equal(reply.status, status, f"for {forwarded}")
        equal(hub.ask(request("GET", "/health", {"X-Forwarded-For": forwarded})).status, 200, "health")
    equal(hub.ask(request("HEAD", "/health"), head=True).status, 200, "HEAD")
    reply = hub.ask(request("OPTIONS", "/v1/sync"))
    equal((reply.status, reply.headers["allow"]), (204, "POST, OPTIONS"), "OPTIONS")


@test("the commands answer as they should beside a server")
def commands(place):
    hub = place.hub()

    def run(*words, json_too=True):
        store = ["--store", hub.store]
        form = ["--json"] if json_too else []
        done = subprocess.run([HUB, *words, *store, *form], capture_output=True, check=False)
        return done.returncode, json.loads(done.stdout) if json_too and done.stdout else done.stdout, done.stderr

    status, added, _err = run("org", "add", "Fynbos Fitness", "--url", "https://hub.example.org")
    equal((status, set(added)), (0, {"id", "org", "name", "code", "expires", "url"}), "org add")
    check(re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", added["code"]), "groups of four")
    check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", added["expires"]), "a time")
    equal(added["url"], "https://hub.example.org", "url")
    status, code, _err = run("pairing-code", "--org", added["org"][:8])
    equal((status, code["org"]), (0, added["org"]), "by the beginning of the id")
    status, listed, _err = run("org", "list")
    equal((status, [each["name"] for each in listed["items"]]), (0, ["Fynbos Fitness"]), "org list")
    for words, wanted, name in [
        (("device", "list", "--org", added["org"]), 4, "no_studio"),
        (("pairing-code", "--org", OTHER_STUDIO), 4, "not_found"),
        (("pairing-code", "--org", "zz"), 4, "not_found"),
        (("org", "add", ""), 5, "bad_input"),
        (("org", "add", "x" * 1000), 5, "bad_input"),
        (("serve", "--listen", "nowhere"), 5, "bad_input"),
        (("serve", "--listen", f"127.0.0.1:{hub.port}", "--replicas", os.path.join(place.path, "r")), 7, "offline"),
        (("serve", "--tls-cert", "/nowhere", "--tls-key", "/nowhere"), 5, "bad_input"),
        (("serve", "--connections", "-1"), 5, "bad_input"),
        (("serve", "--proxy", "somewhere"), 5, "bad_input"),
    ]:
        status, answer, err = run(*words)
        equal((status, (answer or {}).get("error", {}).get("code")), (wanted, name), f"{words}: {err}")
    wrong = ["", "frob", "org", "org add", "org add a b", "org list --org x", "pairing-code", "device revoke x --org y"]
    for words in [line.split() for line in [*wrong, "serve --frob", "serve --png x"]]:
        status, _answer, err = run(*words)
        equal(status, 2, f"{words}")
        check(b"Usage" in err or b"usage" in err, f"usage: {err!r}")
    picture = os.path.join(place.path, "code.png")
    status, out, _err = run("pairing-code", "--org", added["org"], "--png", picture, json_too=False)
    equal(status, 0, "for people")
    check("█".encode() in out and os.path.getsize(picture) > 100, "two pictures")


@test("what the picture of a pairing code says is address and code")
def picture(place):
    hub = place.hub()
    account = hub.run("org", "add", "Fynbos Fitness")["org"]
    path = os.path.join(place.path, "code.png")
    code = hub.run("pairing-code", "--org", account, "--url", "https://hub.example.org:8440", "--png", path)["code"]
    read = place.desk("reader").ok("scan", path)["items"][0]
    equal(read["texts"], [f"https://hub.example.org:8440#{code}"], "its text")


@test("a lost device is taken away at the hub")
def revoke(place):
    hub = place.hub()
    desk, account = place.founded(hub)
    lost = place.desk("lost")
    lost.ok("pair", hub.url, hub.run("pairing-code", "--org", account)["code"])
    lost.ok("sync", "now")
    replica = lost.ok("sync", "status")["replica"]
    hub.run("device", "revoke", replica, "--org", account, "--reason", "stolen")
    desk.ok("sync", "now")

    def told():
        lost("sync", "now")
        return hub.counted("/v1/sync", "device_revoked")

    wait_until(told, "the lost device is told")
    state = {each["replica"]: each["revoked"] for each in hub.run("device", "list", "--org", account)["items"]}
    equal(state[replica], True, "revoked")


@test("systemd is told when it is ready and well and stops")
def systemd(place):
    path = os.path.join(place.path, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        notify.settimeout(60)
        hub = place.hub(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "100000"})
        said = set()
        while not {"READY=1", "WATCHDOG=1"} <= said:
            said.add(notify.recv(4096).decode())
        equal(hub.stop(), 0, "exit status")
        while "STOPPING=1" not in said:
            said.add(notify.recv(4096).decode())


@test("it speaks TLS with a certificate of its own and nothing older than 1.2")
def tls(place):
    cert, key = os.path.join(place.path, "cert.pem"), os.path.join(place.path, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)  # fmt: skip
    hub = place.hub("--tls-cert", cert, "--tls-key", key)
    context = ssl.create_default_context(cafile=cert)

    def wrap(plain):
        return context.wrap_socket(plain, server_hostname="localhost")

    with Wire(hub.port, wrap=wrap) as wire:
        equal(wire.send(request("GET", "/health")).read().status, 200, "over TLS")
        check(wire.socket.version() in ("TLSv1.2", "TLSv1.3"), f"{wire.socket.version()}")
    with Wire(hub.port) as wire:
        reply = wire.send(request("GET", "/health")).read()
        check(reply is None or reply.status >= 400, f"without TLS: {reply}")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        with Wire(hub.port, wrap=old.wrap_socket):
            raise Failure("TLS 1.1 was spoken")
    except (ssl.SSLError, ConnectionError):
        pass
    wrong = subprocess.run(
        [HUB, "serve", "--listen", "127.0.0.1:0", "--tls-cert", key, "--tls-key", cert, "--store", hub.store, "--json",
         "--replicas", os.path.join(place.path, "more")],
        capture_output=True, check=False)  # fmt: skip
    equal((wrong.returncode, json.loads(wrong.stdout)["error"]["code"]), (5, "bad_input"), "no pair")
    hub.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.exit(main("hub-http"))
