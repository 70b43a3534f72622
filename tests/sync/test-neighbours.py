# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices find each other by Avahi, and bear its absence, its restart and that of the bus: two machines of network
namespaces, a program around sync/agent/lan.c on each."""
import os
import re
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import lan  # noqa: E402

WATCH = os.path.abspath(sys.argv[1])
STUDIO = "11111111-0000-8000-8000-000000000001"
OTHER = "22222222-0000-8000-8000-000000000001"
FIRST = "aaaaaaaa-0000-8000-8000-000000000001"
SECOND = "bbbbbbbb-0000-8000-8000-000000000002"


class Watch:
    """A device on a machine; sees who is there."""

    def __init__(self, machine, organisation, replica, port):
        self.seen, self.published = {}, False
        self.process = machine.start(WATCH, organisation, replica, port, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            words = line.split()
            if words in (["published"], ["silent"]):
                self.published = words == ["published"]
            else:
                self.seen[words[0]] = words[1:]

    def sees(self, replica, *urls):
        return all(url in self.seen.get(replica, []) for url in urls) and bool(self.seen.get(replica))

    def close(self):
        self.process.terminate()
        status = self.process.wait(30)
        self.reader.join()
        self.process.stdout.close()
        return status


def come_and_go(one, two):
    """devices of a studio find each other, those of others are not seen, and one that ends is gone"""
    a = Watch(one, STUDIO, FIRST, 4711)
    b = Watch(two, STUDIO, SECOND, 4712)
    stranger = Watch(two, OTHER, FIRST.replace("a", "c"), 4713)
    try:
        lan.wait_until(lambda: a.sees(SECOND, "http://10.77.0.2:4712"), lambda: a.seen)
        lan.wait_until(lambda: b.sees(FIRST, "http://10.77.0.1:4711"), lambda: b.seen)
        lan.wait_until(lambda: a.published and b.published and stranger.published, "published")
        assert a.seen[SECOND][0] == "http://10.77.0.2:4712", a.seen
        assert set(a.seen) == {SECOND} and set(b.seen) == {FIRST} and not stranger.seen, (a.seen, b.seen, stranger.seen)
        assert b.close() == 0
        lan.wait_until(lambda: a.seen[SECOND] == [], lambda: a.seen)
    finally:
        a.close()
        stranger.close()


LISTEN = """
import socket, sys
ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
ear.settimeout(60)
print("listening", flush=True)
heard = b""
while sys.argv[1].encode() not in heard:
    heard += ear.recv(65536)
sys.stdout.write(heard.hex())
"""


def said(one, two):
    """what is told to the LAN names neither the studio's id nor more of it than sixteen digits of a hash"""
    ear = two.start(sys.executable, "-c", LISTEN, FIRST, stdout=subprocess.PIPE, text=True)
    assert ear.stdout.readline() == "listening\n"
    a = Watch(one, STUDIO, FIRST, 4711)
    try:
        heard = bytes.fromhex(ear.communicate(timeout=lan.PATIENCE_S)[0])
        assert STUDIO.encode() not in heard and bytes.fromhex(STUDIO.replace("-", "")) not in heard
        texts = re.findall(rb"org=([0-9a-f]*)", heard)
        assert texts and all(len(each) == 16 for each in texts), texts
    finally:
        a.close()
        two.end(ear)


def restart(one, two):
    """a daemon that restarts is found again, and neighbours stay known meanwhile"""
    a = Watch(one, STUDIO, FIRST, 4711)
    b = Watch(two, STUDIO, SECOND, 4712)
    try:
        lan.wait_until(lambda: a.sees(SECOND) and b.sees(FIRST), lambda: (a.seen, b.seen))
        one.stop_avahi()
        lan.wait_until(lambda: not a.published, "silent")
        assert a.sees(SECOND), a.seen
        one.start_avahi()
        lan.wait_until(lambda: a.published, "published again")
        late = Watch(two, STUDIO, SECOND.replace("b", "d"), 4714)
        try:
            lan.wait_until(lambda: a.sees(SECOND.replace("b", "d"), "http://10.77.0.2:4714"), lambda: a.seen)
        finally:
            late.close()
        lan.wait_until(lambda: a.sees(SECOND) and b.sees(FIRST), lambda: (a.seen, b.seen))
    finally:
        a.close()
        b.close()


def absent(one, two):
    """without a bus and without a daemon a device waits, and finds its neighbour when they come"""
    b = Watch(two, STUDIO, SECOND, 4712)
    one.stop_avahi()
    one.stop_bus()
    a = Watch(one, STUDIO, FIRST, 4711)
    try:
        lan.wait_until(lambda: b.published, "published")
        one.start_bus()
        assert a.process.poll() is None and not a.published and not a.seen
        one.start_avahi()
        lan.wait_until(lambda: a.sees(SECOND) and b.sees(FIRST), lambda: (a.seen, b.seen))
        one.stop_avahi()
        one.stop_bus()
        lan.wait_until(lambda: not a.published, "silent")
        one.start_bus()
        one.start_avahi()
        lan.wait_until(lambda: a.published and a.sees(SECOND), lambda: a.seen)
    finally:
        a.close()
        b.close()


def lies(one, two):
    """what others announce is passed over: other studios, no device, this device itself, records of any size"""
    a = Watch(one, STUDIO, FIRST, 4711)
    org = f"org={studio_hash(one, two)}"
    texts = [
        (), (org,), (f"r={SECOND}",), (org, "r="), (org, "r"), (org, "r=x"), (org, f"r={FIRST}"),
        (org, "r=" + "b" * 240),
        (org, "r=00000000-0000-0000-0000-000000000000"), ("org=", f"r={SECOND}"), ("org", f"r={SECOND}"),
        (org[:-1], f"r={SECOND}"), (org + "0", f"r={SECOND}"), tuple("x" * 250 for _ in range(4)), ("=", "=="),
    ]
    try:
        for number, records in enumerate(texts):
            two.announce(f"lie {number}", 1000 + number, *records)
        true = SECOND.replace("b", "e")
        two.announce("truth", 4799, org, f"r={true}", "v=9", "later=yes")
        lan.wait_until(lambda: a.sees(true, "http://10.77.0.2:4799"), lambda: a.seen)
        assert set(a.seen) == {true}, a.seen
        assert a.process.poll() is None
    finally:
        a.close()
        two.run("sh", "-c", "rm /etc/avahi/services/*")


def studio_hash(one, two):
    """What devices of the studio say it is."""
    ear = two.start(sys.executable, "-c", LISTEN, SECOND, stdout=subprocess.PIPE, text=True)
    assert ear.stdout.readline() == "listening\n"
    b = Watch(one, STUDIO, SECOND, 4712)
    try:
        heard = bytes.fromhex(ear.communicate(timeout=lan.PATIENCE_S)[0])
        return re.findall(rb"org=([0-9a-f]{16})", heard)[-1].decode()
    finally:
        b.close()
        two.end(ear)


def plug(one, two):
    """who was unplugged is gone, and is back with the cable"""
    a = Watch(one, STUDIO, FIRST, 4711)
    b = Watch(two, STUDIO, SECOND, 4712)
    try:
        lan.wait_until(lambda: a.sees(SECOND) and b.sees(FIRST), lambda: (a.seen, b.seen))
        one.unplug()
        lan.wait_until(lambda: a.seen[SECOND] == [], lambda: a.seen)
        one.plug_in()
        lan.wait_until(lambda: a.sees(SECOND) and b.sees(FIRST), lambda: (a.seen, b.seen))
    finally:
        a.close()
        b.close()


def main():
    lan.skip_or_go("neighbours")
    tests = [come_and_go, said, lies, restart, absent, plug]
    print(f"1..{len(tests)}")
    failed = 0
    with tempfile.TemporaryDirectory() as directory, lan.two_machines(directory) as (one, two):
        for number, test in enumerate(tests, 1):
            try:
                test(one, two)
                print(f"ok {number} {test.__doc__}", flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} {test.__doc__}\n# {error!r}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
