# SPDX-License-Identifier: GPL-3.0-or-later
"""What the black-box tests of the hub's front share: a hub with options, signed requests, raw ones, TAP to print.

Arguments of a test: the programs studioloop, studioloop-hub, studioloop-sync and hub-signer; then words that its claim
must contain.
"""
import contextlib
import itertools
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback

ARGUMENTS = list(sys.argv)  # before others take theirs

from live import HUB, Failure, Hub, LiveDesk, check, equal, wait_until  # noqa: E402

SIGNER = os.path.abspath(ARGUMENTS[4]) if len(ARGUMENTS) > 4 else ""
STRANGE_STUDIO = "6f1c0d6e-4c1a-8d1f-9b3a-0a1b2c3d4e5f"
PATIENCE_S = 120  # far beyond anything here
METRIC = re.compile(r'^([a-z_]+)(\{[a-z]+="[^"{}]*"(?:,[a-z]+="[^"{}]*")*\})? ([0-9.]+)$')
TESTS = []


def test(claim):
    """Registers a test; its name is the claim."""

    def register(function):
        TESTS.append((claim, function))
        return function

    return register


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def code(self):
        """Of an error, else "ok"."""
        if self.status < 400:
            return "ok"
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return json.loads(self.body)["error"]["code"]
        return None

    def __str__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"


class Wire:
    """One connection, byte by byte."""

    def __init__(self, port, source=None, wrap=None):
        address = (source, 0) if source else None
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=address)
        if wrap:
            self.socket = wrap(self.socket)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        """A hub that has had enough may have ended the connection: what it said is still to be read."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(data)
        return self

    def read(self, head=False):
        """The next answer; None: the connection ended before."""
        with contextlib.suppress(ConnectionError):
            line = self.file.readline()
            if not line.endswith(b"\r\n"):
                return None
            headers = {}
            for header in iter(self.file.readline, b"\r\n"):
                if not header:
                    return None
                name, _, value = header.decode().partition(":")
                headers[name.strip().lower()] = value.strip()
            length = 0 if head else int(headers.get("content-length", 0))
            body = self.file.read(length)
            return Reply(int(line.split()[1]), headers, body) if len(body) == length else None
        return None

    def ended(self):
        with contextlib.suppress(ConnectionError):
            while self.file.read(65536):
                pass
        return True

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_what):
        self.close()


def request(method, path, headers=(), body=b"", length=True):
    """The bytes of a request. headers: pairs, so that one may come twice."""
    lines = [f"{method} {path} HTTP/1.1", "Host: hub"]
    lines += [f"{name}: {value}" for name, value in (headers.items() if isinstance(headers, dict) else headers)]
    if length and body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class FrontHub(Hub):
    """A hub with options of its own. Tests come from anywhere where it believes X-Forwarded-For of this machine."""

    addresses = itertools.count(1)

    def __init__(self, directory, *options, store=None, replicas=None, env=None):
        super().__init__(directory, store, replicas)
        self.options = list(options)
        self.env = env or {}

    def start(self):
        self.argv = [HUB, "serve", "--listen", f"127.0.0.1:{self.port}", "--store", self.store]
        self.argv += ["--replicas", self.replicas, "--json", *self.options]
        told = super(Hub, self).start().process.stdout.readline()
        check(told, lambda: f"the hub did not start: {self.told()[-2000:]}")
        self.port = json.loads(told)["port"]
        return self

    @property
    def pid(self):
        return self.process.pid

    def ask(self, data, source=None, head=False):
        with Wire(self.port, source) as wire:
            return wire.send(data).read(head)

    def metrics(self):
        """name{labels} → value. Each line has the form that Prometheus reads."""
        reply = self.ask(request("GET", "/metrics", {"Connection": "close"}))
        equal(reply.status, 200, "status of /metrics")
        found = {}
        for line in reply.body.decode().splitlines():
            if line.startswith("#"):
                continue
            match = METRIC.match(line)
            check(match, f"no line of Prometheus': {line!r}")
            name = match.group(1) + (match.group(2) or "")
            check(name not in found, f"twice: {name}")
            found[name] = float(match.group(3))
        return found

    def counted(self, path, code):
        return self.metrics().get(f'studioloop_hub_requests_total{{path="{path}",code="{code}"}}', 0)

    def events(self):
        """Its log; each line is JSON."""
        return [json.loads(line) for line in self.told().splitlines()]

    @classmethod
    def somewhere(cls):
        """A header: the request comes from an address that has not asked before."""
        number = next(cls.addresses)
        return ("X-Forwarded-For", f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}")


class Signer:
    """Signs as a device with a seed of the test's."""

    def __init__(self):
        self.process = subprocess.Popen([SIGNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def headers(self, method, path, body=b"", org=STRANGE_STUDIO, seed=b"s" * 32, offset_ms=0, with_key=True):
        words = [seed.hex(), method, path, org, str(offset_ms), "1" if with_key else "0", body.hex() or "-"]
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()
        headers = {}
        for line in iter(self.process.stdout.readline, "\n"):
            check(line, "the signer has died")
            name, _, value = line.strip().partition(": ")
            headers[name] = value
        return headers

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Place:
    """What a test gets: a directory that goes away with all that was started on it."""

    def __init__(self, path):
        self.path, self.started = path, []
        self.stack = contextlib.ExitStack()

    def hub(self, *options, name="hub", **more):
        hub = FrontHub(os.path.join(self.path, name), "--behind-proxy", *options, **more)
        self.started.append(hub)
        return hub.start()

    def signer(self):
        signer = Signer()
        self.stack.callback(signer.close)
        return signer

    def desk(self, name):
        return LiveDesk(os.path.join(self.path, name))

    def founded(self, hub, name="desk", studio="Fynbos Fitness"):
        """A studio that is at the hub: its desk and the account."""
        desk = self.desk(name)
        desk.init(org=studio)
        account = hub.run("org", "add", studio)
        desk.ok("pair", hub.url, account["code"])
        return desk, account["org"]

    def close(self):
        """Every hub that still runs ends in good order; what it said must be fit to be read."""
        try:
            for hub in self.started:
                if hub.process is None:
                    continue
                check(hub.runs, f"a hub has died: {hub.told()[-3000:]}")
                equal(hub.stop(), 0, f"exit status after SIGTERM; it said {hub.told()[-2000:]}")
                check(hub.events()[-1].get("clean"), f"it left something behind: {hub.told()[-2000:]}")
        finally:
            self.stack.close()


def raise_file_limit():
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def main(module):
    wanted = ARGUMENTS[5:]
    chosen = [(claim, function) for claim, function in TESTS if all(word in claim for word in wanted)]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, (claim, function) in enumerate(chosen, 1):
        path = tempfile.mkdtemp(prefix="sl-hub-")
        place = Place(path)
        title = f"/sync/{module}/{claim.replace(' ', '-')}"
        started = time.monotonic()
        problems = []
        for step in (lambda: function(place), place.close):
            try:
                step()
            except Exception:  # pylint: disable=broad-except # whatever it is, it is this test's failure
                problems.append(traceback.format_exc())
        for hub in place.started:
            hub.kill()
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} {title}")
        for line in "\n".join(problems).splitlines():
            print(f"#   {line}")
        print(f"# {time.monotonic() - started:.2f} s", flush=True)
        shutil.rmtree(path, ignore_errors=True)
    return 1 if failed else 0


__all__ = [
    "HUB",
    "Failure",
    "FrontHub",
    "Place",
    "Reply",
    "Signer",
    "Wire",
    "check",
    "equal",
    "main",
    "raise_file_limit",
    "request",
    "test",
    "wait_until",
]
