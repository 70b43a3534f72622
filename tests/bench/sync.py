#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sync.py STUDIOLOOP STUDIOLOOP-HUB STUDIOLOOP-SYNC PLACE [--quick]: what devices that hear of each other cost.

Real processes over loopback: two desks with their agents, a hub on SQLite, a counting wire between them. A booking is
seen at the other desk when its database shows it, which is looked at every half millisecond.
"""
import contextlib
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sync"))

from live import AGENT, Hub, LiveDesk, Process, state, wait_until, wait_until_agreed  # noqa: E402
from proxy import Proxy  # noqa: E402

from contract import days, hours, minutes  # noqa: E402

LOOK_S = 0.0005
GIVE_UP_S = 30
VISIBLE_AIM_MS = 300
PACE_S = 3  # a busy desk; a hub answers a device 60 times a minute, and more only for a while
REST_S = 60
LAN_PACE_S = 0.2
DAY_CHECKINS, DAY_BOOKINGS = 300, 500


class Eye:
    """Reads a desk's database, as its kiosk does."""

    def __init__(self, desk):
        path = os.path.join(desk.directory, "studioloop.db")
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)

    def sees(self, table, thing):
        key = bytes.fromhex(thing.replace("-", ""))
        return self.db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (key,)).fetchone()

    def operations(self):
        return self.db.execute("SELECT count(*) FROM local_op").fetchone()[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def spread(values, unit="ms"):
    values = sorted(values)
    def at(share):
        return values[min(len(values) - 1, int(len(values) * share))]
    return f"n {len(values)}  p50 {at(0.5):.1f}  p99 {at(0.99):.1f}  max {values[-1]:.1f} {unit}"


class Studio:
    def __init__(self, place):
        self.place = place
        self.hub = Hub(os.path.join(place, "hub")).start()
        self.wire = Proxy([("127.0.0.1", self.hub.port)], 1)
        made = self.hub.run("org", "add", "Bench")
        self.first = LiveDesk(os.path.join(place, "first"))
        self.first.init()
        self.first.ok("pair", self.wire.url, made["code"])
        self.second = LiveDesk(os.path.join(place, "second"))
        self.second.ok("pair", self.wire.url, self.hub.run("pairing-code", "--org", made["id"])["code"])
        for desk in (self.first, self.second):
            desk.agent.start()
        wait_until_agreed((self.first, self.second))

    def end(self):
        for desk in (self.first, self.second):
            desk.agent.kill()
        self.hub.kill()
        self.wire.close()

    def classes(self, count):
        """As many sessions that follow one another."""
        service = self.first.service(capacity=20, duration=10)
        start = self.first.now + days(2)
        return [self.first.session(service, start + minutes(15 * n)) for n in range(count)]


def visible(studio, count):
    """A booking at one online device, visible at another, through the hub."""
    sessions = studio.classes(count)
    members = [studio.first.member() for _ in range(10)]
    wait_until_agreed((studio.first, studio.second))
    time.sleep(REST_S)
    here, there = Eye(studio.first), Eye(studio.second)
    taken = []
    for n, session in enumerate(sessions):
        time.sleep(PACE_S)
        booking = studio.first.ok("book", "--member", members[n % 10], "--session", session)["id"]
        done = time.monotonic()
        while not there.sees("claim", booking):
            time.sleep(LOOK_S)
            assert time.monotonic() < done + GIVE_UP_S, "never visible at the other desk"
        taken.append((time.monotonic() - done) * 1000)
        assert here.sees("claim", booking)
    print(f"booking visible at the other desk after the answer here: {spread(taken)} (aim p99 < {VISIBLE_AIM_MS})")


def day(studio, share):
    """What a day costs in bytes, each deed an exchange of its own as in life."""
    bookings, checkins = DAY_BOOKINGS // share, DAY_CHECKINS // share
    members = [studio.first.member() for _ in range(10)]
    service = studio.first.service(capacity=30)
    start = studio.first.now + days(2)
    sessions = [studio.first.session(service, start + hours(n)) for n in range(-(-bookings // len(members)))]
    soon = studio.first.session(service, studio.first.now + minutes(25), "--capacity", 300)
    guests = [studio.first.member() for _ in range(checkins)]
    booked_for = [studio.first.ok("book", "--member", guest, "--session", soon)["id"] for guest in guests]
    wait_until_agreed((studio.first, studio.second))
    there = Eye(studio.second)
    time.sleep(REST_S)
    before = studio.wire.bytes_up + studio.wire.bytes_down
    pairs = [(member, session) for session in sessions for member in members][:bookings]
    for member, session in pairs:
        time.sleep(PACE_S)
        booking = studio.first.ok("book", "--member", member, "--session", session)["id"]
        wait_until(lambda: there.sees("claim", booking), "seen")
    booked = studio.wire.bytes_up + studio.wire.bytes_down
    for booking in booked_for:
        time.sleep(PACE_S)
        checkin = studio.first.ok("checkin", "--booking", booking)["checkin"]
        wait_until(lambda: there.sees("checkin", checkin), "seen")
    after = studio.wire.bytes_up + studio.wire.bytes_down
    per_booking, per_checkin = (booked - before) / len(pairs), (after - booked) / max(1, checkins)
    total = per_booking * DAY_BOOKINGS + per_checkin * DAY_CHECKINS
    print(
        f"bytes of both desks over the wire: a booking {per_booking:.0f}, a check-in {per_checkin:.0f}; "
        f"a day of {DAY_BOOKINGS} bookings and {DAY_CHECKINS} check-ins {total / 1e6:.2f} MB"
    )


def idle(studio, seconds):
    wait_until_agreed((studio.first, studio.second))
    before = studio.wire.bytes_up + studio.wire.bytes_down
    time.sleep(seconds)
    spent = studio.wire.bytes_up + studio.wire.bytes_down - before
    print(f"idle, two desks: {spent / seconds * 3600 / 1000:.1f} kB an hour (measured over {seconds} s)")


def catch_up(studio, operations):
    """Both desks wrote so much while the wire was dark."""
    wait_until_agreed((studio.first, studio.second))
    studio.wire.set_mode("dark")
    for desk, name in ((studio.first, "F"), (studio.second, "S")):
        file = os.path.join(studio.place, name + ".csv")
        with open(file, "w", encoding="utf-8") as rows:
            rows.write("first,last\n")
            for n in range(operations):
                rows.write(f"{name}{n},Away\n")
        desk.ok("import", "members", file)
    behind = [desk.status()["pending"] for desk in (studio.first, studio.second)]
    studio.wire.set_mode("clean")
    began = time.monotonic()
    wait_until(lambda: state(studio.first) == state(studio.second), "equal", 120)
    took = time.monotonic() - began
    print(
        f"back online with {behind[0]} and {behind[1]} operations that the other side lacks: equal after {took:.2f} s, "
        "with the wait until an agent tries again"
    )


def lan(studio, count):
    """The hub is away: what one desk writes is visible at the other, over loopback instead of a cable."""
    desks = (studio.first, studio.second)
    wait_until_agreed(desks)
    studio.hub.kill()
    ports, ids = [free_port(), free_port()], [desk.status()["replica"] for desk in desks]
    for n, desk in enumerate(desks):
        desk.agent.kill()
        words = ["--lan-address", "127.0.0.1", "--lan-port", ports[n]]
        words += ["--neighbour", f"{ids[1 - n]}=http://127.0.0.1:{ports[1 - n]}"]
        desk.agent = Process([AGENT, "--data", desk.directory, *words], desk.directory + ".agent.log").start()
    there = Eye(studio.second)
    taken = []
    for n in range(count + 1):
        member = studio.first.member()
        done = time.monotonic()
        wait_until(lambda: there.sees("member", member), "seen")
        if n > 0:  # before, they had to find each other
            taken.append((time.monotonic() - done) * 1000)
        time.sleep(LAN_PACE_S)
    print(f"over the LAN, without a hub, a member added here is at the other desk: {spread(taken)}")


def main():
    quick = "--quick" in sys.argv
    place = tempfile.mkdtemp(prefix="bench-sync-", dir=sys.argv[2])
    studio = Studio(place)
    try:
        visible(studio, 30 if quick else 300)
        day(studio, 50 if quick else 4)
        idle(studio, 60 if quick else 300)
        catch_up(studio, 2000)
        lan(studio, 50 if quick else 300)
    except BaseException:
        for process in (studio.hub, studio.first.agent, studio.second.agent):
            print(process.log + "\n" + process.told()[-2000:])
        raise
    finally:
        with contextlib.suppress(Exception):
            studio.end()
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
