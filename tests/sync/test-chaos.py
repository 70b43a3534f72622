#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is killed, cut, delayed, truncated or repeated between two desks and their hubs: what was shown as done is
there in the end, everywhere, and no class is overbooked."""
import os
import random
import sys

from live import Hub, LiveDesk, wait_until_agreed
from postgresql import Postgresql
from proxy import Proxy

from contract import check, equal, hours, main, test

ROUNDS = 400 if os.environ.get("SL_TEST_LONG") else 60
SEED = int(os.environ.get("SL_TEST_SEED", "1"))
CAPACITY = 12
SESSIONS = 3
MEMBERS = 12
FAULT_MODES = ("clean", "cut", "truncate", "delay", "repeat", "dark", "mixed", "mixed")


class Studio:
    """Two desks with agents, on the other side of a bad wire from one hub or several."""

    def __init__(self, context, hubs, seed, database=None):
        self.random = random.Random(seed)
        self.hubs, self.database = hubs, database
        for hub in hubs:
            hub.start()
        self.proxy = Proxy([("127.0.0.1", hub.port) for hub in hubs], seed)
        made = hubs[0].run("org", "add", "Fynbos")
        self.org = made["id"]
        first = LiveDesk(os.path.join(context.place, "first"))
        first.init()
        first.ok("pair", self.proxy.url, made["code"])
        service = first.service(capacity=CAPACITY)
        self.sessions = [first.session(service, first.now + hours(40 + n)) for n in range(SESSIONS)]
        self.members = [first.member() for _ in range(MEMBERS)]
        second = LiveDesk(os.path.join(context.place, "second"))
        second.ok("pair", self.proxy.url, self.pairing_code(), "--name", "Second desk")
        self.desks = [first, second]
        for desk in self.desks:
            desk.agent.start()
        self.booked, self.cancelled, self.added = {}, set(), set()

    def pairing_code(self):
        return self.hubs[0].run("pairing-code", "--org", self.org)["code"]

    # What people do. Only what was answered counts; what was killed before may have happened or not.

    def book(self, desk, die):
        pair = (self.random.choice(self.members), self.random.choice(self.sessions))
        words = ("book", "--member", pair[0], "--session", pair[1])
        if die:
            told = desk.killed(self.random.random() * 0.12, *words)
        else:
            answer = desk(*words)
            told = answer.json if answer.status == 0 else None
        if told:
            check(told["status"] == "confirmed", f"booked: {told}")
            self.booked[told["id"]] = pair

    def cancel(self, desk, die):
        live = sorted(set(self.booked) - self.cancelled)
        if not live:
            return
        booking = self.random.choice(live)
        if die:
            desk.killed(self.random.random() * 0.12, "cancel", booking)
        else:
            desk("cancel", booking)
        self.cancelled.add(booking)  # done or not: it is looked at no more

    def add_member(self, desk, die):
        words = ("member", "add", "--first", "A", "--last", "B", "--anyway")
        told = desk.killed(self.random.random() * 0.12, *words) if die else desk.ok(*words)
        if told:
            self.added.add(told["id"])

    # What happens to machines and wires.

    def fault(self):
        what = self.random.randrange(8)
        if what == 0:
            hub = self.random.choice(self.hubs)
            hub.kill()
            hub.start()
        elif what in (1, 2):
            desk = self.random.choice(self.desks)
            desk.agent.kill()
            desk.agent.start()
        elif what == 3 and self.database is not None and self.random.random() < 0.4:
            self.database.kill()
            self.database.start()
        elif what in (4, 5):
            self.proxy.break_all()
        else:
            self.proxy.set_mode(self.random.choice(FAULT_MODES))

    def run(self, rounds):
        for _ in range(rounds):
            desk, die = self.random.choice(self.desks), self.random.random() < 0.25
            self.random.choice((self.book, self.book, self.book, self.cancel, self.add_member))(desk, die)
            if self.random.random() < 0.4:
                self.fault()

    def heal(self):
        self.proxy.set_mode("clean")
        for process in (*self.hubs, *(desk.agent for desk in self.desks)):
            if not process.runs:
                process.start()

    def judge(self, context):
        self.heal()
        wait_until_agreed(self.desks)
        for desk in self.desks:
            for booking in set(self.booked) - self.cancelled:
                told = desk.ok("booking", "show", booking)
                others = [b for b, pair in self.booked.items() if pair == self.booked[booking] and b != booking]
                check(
                    told["status"] == "confirmed" or others,
                    f"a booking that was shown as done is {told['status']}: {told}",
                )
            for session in self.sessions:
                shown = desk.ok("session", "show", session)
                check(shown["confirmed"] + shown["held"] <= CAPACITY, f"overbooked: {shown}")
            known = {member["id"] for member in desk.items("member", "list")}
            equal(self.added - known, set(), "members that were shown as added")
            desk.verified()
        third = LiveDesk(os.path.join(context.place, "third"))
        third.ok("pair", self.proxy.url, self.pairing_code())
        third.agent.start()
        self.desks.append(third)
        wait_until_agreed(self.desks)
        third.verified()

    def end(self):
        for desk in self.desks:
            desk.agent.kill()
        for hub in self.hubs:
            hub.kill()
        self.proxy.close()


def tried(context, hubs, seed, database=None):
    studio = Studio(context, hubs, seed, database)
    try:
        studio.run(ROUNDS)
        studio.judge(context)
        print(f"# {len(studio.booked)} booked, {len(studio.added)} members, connections {studio.proxy.counts}")
    except BaseException:
        for process in (*studio.hubs, *(desk.agent for desk in studio.desks)):
            print("# " + process.log + "\n# " + process.told()[-3000:].replace("\n", "\n# "))
        raise
    finally:
        studio.end()


@test("one hub on SQLite behind a wire that misbehaves")
def _(context):
    tried(context, [Hub(os.path.join(context.place, "hub"))], SEED)


@test("two hubs on one PostgreSQL, killed in turn with it, behind a wire that misbehaves")
def _(context):
    with Postgresql() as database:
        uri = database.database("hubs")
        hubs = [Hub(os.path.join(context.place, f"hub{n}"), store=uri) for n in (1, 2)]
        tried(context, hubs, SEED + 1, database)


if __name__ == "__main__":
    sys.exit(main("sync-chaos"))
