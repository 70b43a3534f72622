#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bootstrap.py STUDIOLOOP STUDIOLOOP-HUB STUDIOLOOP-SYNC MAKE-STUDIO PLACE [--quick]: a studio with years behind it is
taken to a hub, and a new desk is paired with that hub. Real processes over loopback, the hub on SQLite."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sync"))

from live import Hub  # noqa: E402
from proxy import Proxy  # noqa: E402

from contract import PROGRAM  # noqa: E402

BOOKINGS, BOOKINGS_QUICK = 400_000, 15_000  # of 2.5 operations each, with all that belongs to it
MB = 1e6
BUSY_S = 5  # as the hub asks for


def run(directory, *words):
    """A command of a desk, again while the hub is busy: its JSON, what it took in seconds, the most memory in MB."""
    began = time.monotonic()
    while True:
        told, held = run_once(directory, words)
        if "busy" not in told.get("error", {}).get("reason", ""):
            assert "error" not in told, told
            return told, time.monotonic() - began, held
        time.sleep(BUSY_S)


def run_once(directory, words):
    argv = [PROGRAM, "--data", directory, "--json", *map(str, words)]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told = json.load(out)
    return told, used.ru_maxrss * 1024 / MB


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path) / MB
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(path) for name in names) / MB


def operations(directory):
    database = sqlite3.connect(f"file:{os.path.join(directory, 'studioloop.db')}?mode=ro", uri=True)
    with contextlib.closing(database):
        return database.execute("SELECT sum(head_seq) FROM local_chain").fetchone()[0]


def hub_peak(hub):
    with open(f"/proc/{hub.process.pid}/status", encoding="ascii") as lines:
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024 / MB


class Measured:
    """What went over the wire since the last time it was asked."""

    def __init__(self, wire):
        self.wire, self.up, self.down = wire, 0, 0

    def __str__(self):
        up, down = self.wire.bytes_up - self.up, self.wire.bytes_down - self.down
        self.up, self.down = self.wire.bytes_up, self.wire.bytes_down
        return f"{up / MB:.1f} MB up, {down / MB:.1f} MB down"


def tell(what, took, memory, wire, hub):
    print(f"{what}: {took:.1f} s, {wire}; at most {memory:.0f} MB here, {hub_peak(hub):.0f} MB at the hub", flush=True)


def until_nothing_is_left(directory):
    """sync now until both sides have said so; gives seconds and memory."""
    seconds = memory = 0
    while True:
        told, took, held = run(directory, "sync", "now")
        seconds, memory = seconds + took, max(memory, held)
        if told["pending"] == 0:
            return seconds, memory


def measure(place, make_studio, bookings):
    first, second = os.path.join(place, "first"), os.path.join(place, "second")
    began = time.monotonic()
    made = subprocess.run([make_studio, first, str(bookings)], capture_output=True, text=True, check=True).stdout
    took = time.monotonic() - began
    print(f"{made.strip()}: {operations(first)} operations, {size(first):.0f} MB, made in {took:.0f} s", flush=True)
    hub = Hub(os.path.join(place, "hub")).start()
    proxy = Proxy([("127.0.0.1", hub.port)], 1)
    wire = Measured(proxy)
    try:
        account = hub.run("org", "add", "Bench")
        _, took, held = run(first, "pair", proxy.url, account["code"])
        tell("founding", took, held, wire, hub)
        tell("and until the hub has all", *until_nothing_is_left(first), wire, hub)
        code = hub.run("pairing-code", "--org", account["id"])["code"]
        _, took, held = run(second, "pair", proxy.url, code, "--name", "Second")
        tell("pairing a new desk", took, held, wire, hub)
        tell("and until it has all", *until_nothing_is_left(second), wire, hub)
        for _ in range(2):
            for desk in (first, second):
                until_nothing_is_left(desk)
        hashes = [run(desk, "state-hash")[0]["hash"] for desk in (first, second)]
        assert hashes[0] == hashes[1], hashes
        replica = size(hub.replicas)
        log = size(hub.directory) - replica
        print(f"equal; the hub has {log:.0f} MB of log and {replica:.0f} MB of replica", end=", ")
        print(f"the new desk {size(second):.0f} MB", flush=True)
    except BaseException:
        print(hub.told()[-3000:])
        raise
    finally:
        hub.kill()
        proxy.close()


def main():
    make_studio, parent = sys.argv[2:4]
    place = tempfile.mkdtemp(prefix="bench-bootstrap-", dir=parent)
    try:
        measure(place, os.path.abspath(make_studio), BOOKINGS_QUICK if "--quick" in sys.argv else BOOKINGS)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
