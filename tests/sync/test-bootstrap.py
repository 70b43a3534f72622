#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hub that has lost what it acknowledged: an old copy of its log, a standby that lagged, no replicas. Its devices
notice, fill it up again, and nothing is lost. And how a new device gets everything from a hub."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys

from live import AGENT, Hub, LiveDesk, Process, state, wait_until, wait_until_agreed
from postgresql import Postgresql

from contract import check, equal, hours, main, test

MAKE_STUDIO = os.path.abspath(sys.argv[2])
del sys.argv[2]
YEARS_BOOKINGS = 9000  # some 23,000 operations
LONG = bool(os.environ.get("SL_TEST_LONG"))
BUSY_ROUNDS = 200 if LONG else 6


class Studio:
    """Desks with agents around one hub; everything that a desk was told to be at the hub is remembered."""

    def __init__(self, context, hub):
        self.context, self.hub = context, hub.start()
        made = hub.run("org", "add", "Fynbos")
        self.org = made["id"]
        first = LiveDesk(os.path.join(context.place, "first"))
        first.init()
        first.ok("pair", hub.url, made["code"])
        self.desks = [first]
        self.session = first.free_class(first.now + hours(40), capacity=5000)
        self.members, self.bookings = [], []

    def join(self, name, hub=None):
        desk = LiveDesk(os.path.join(self.context.place, name))
        desk.ok("pair", (hub or self.hub).url, self.hub.run("pairing-code", "--org", self.org)["code"], "--name", name)
        self.desks.append(desk)
        return desk

    def start(self):
        for desk in self.desks:
            if desk.agent.runs:
                continue
            desk.agent = Process([AGENT, "--data", desk.directory, "--no-lan"], desk.directory + ".agent.log").start()

    def book(self, desk, member):
        """As people do it: again, while a spot is on its way."""
        told = []

        def booked():
            told[:] = [desk("book", "--member", member, "--session", self.session)]
            return told[0].status == 0

        wait_until(booked, lambda: str(told[0]))
        equal(told[0].json["status"], "confirmed", "booked")
        self.bookings.append(told[0].json["id"])

    def work(self, rounds=2):
        """Each desk books; the hub has it all in the end."""
        for _ in range(rounds):
            for desk in self.desks:
                self.members.append(desk.member())
                self.book(desk, self.members[-1])
        wait_until_agreed(self.desks)
        for desk in self.desks:
            wait_until(lambda at=desk: at.status()["pending"] == 0, "the hub has it")

    def judge(self, desks=None):
        """Nothing that was acknowledged is missing anywhere."""
        desks = desks or self.desks
        wait_until_agreed(desks)
        for desk in desks:
            known = {each["id"] for each in desk.items("member", "list")}
            equal(set(self.members) - known, set(), f"members lost at {desk.directory}")
            there = {each["booking"] for each in desk.items("roster", self.session)}
            equal(set(self.bookings) - there, set(), f"bookings lost at {desk.directory}")
            desk.verified()

    def end(self):
        for desk in self.desks:
            desk.agent.kill()
        self.hub.kill()


@contextlib.contextmanager
def studio(context, hub):
    made = Studio(context, hub)
    try:
        yield made
    except BaseException:
        for process in (made.hub, *(desk.agent for desk in made.desks)):
            if os.path.exists(process.log):
                print("# " + process.log + "\n# " + process.told()[-2500:].replace("\n", "\n# "))
        raise
    finally:
        made.end()


def copy_of(hub, place):
    """Of what a hub on SQLite must not lose, while it does not run."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(hub.directory, place, ignore=shutil.ignore_patterns("replicas", "hub.log"))


def put_back(hub, place):
    for name in os.listdir(hub.directory):
        if name not in ("replicas", "hub.log"):
            os.remove(os.path.join(hub.directory, name))
    shutil.copytree(place, hub.directory, dirs_exist_ok=True)


def refilled(at, epoch, replica):
    """A new epoch and key were noticed by all, and who comes new gets everything from the hub alone."""
    wait_until(
        lambda: all(desk.status()["epoch"] not in (None, epoch) for desk in at.desks),
        lambda: f"a new epoch: {[desk.status() for desk in at.desks]}",
    )
    equal(len({desk.status()["epoch"] for desk in at.desks}), 1, "epochs")
    check(at.desks[0].status()["hub_replica"] != replica, "the hub goes on under a new key")
    at.judge()
    for desk in at.desks:
        wait_until(lambda who=desk: who.status()["pending"] == 0, "all of it is at the hub")
    devices = at.hub.run("device", "list", "--org", at.org)["items"]
    equal([each["id"] for each in devices if each["revoked"]], [replica], "the old key is taken away, nobody else")
    newcomer = at.join("newcomer")
    at.start()
    at.judge([at.desks[0], newcomer])
    at.work(1)
    at.judge()


@test("a hub put back from an old copy of its log begins a new epoch, and its devices fill it up")
def _(context):
    hub = Hub(os.path.join(context.place, "hub"))
    with studio(context, hub) as at:
        at.join("second")
        at.start()
        at.work()
        hub.stop()
        copy_of(hub, os.path.join(context.place, "copy"))
        hub.start()
        at.work()
        before = at.desks[0].status()
        hub.kill()
        put_back(hub, os.path.join(context.place, "copy"))
        shutil.rmtree(hub.replicas)  # as on a new machine
        hub.start()
        refilled(at, before["epoch"], before["hub_replica"])


def beside_newer_replicas(context):
    hub = Hub(os.path.join(context.place, "hub"))
    with studio(context, hub) as at:
        at.join("second")
        at.start()
        at.work(1)
        hub.stop()
        copy_of(hub, os.path.join(context.place, "copy"))
        hub.start()
        at.work(1)
        third = at.join("third")  # by whom the hub has written something that the copy lacks
        at.start()
        at.work(1)
        before = third.status()
        hub.kill()
        put_back(hub, os.path.join(context.place, "copy"))
        hub.start()
        refilled(at, before["epoch"], before["hub_replica"])


if LONG:  # test-hub-epoch.c tries the same with less around it
    test("a hub put back from an old copy beside its newer replicas begins a new epoch, too")(beside_newer_replicas)


@test("a hub without its replicas makes them again from its log: no new epoch, nobody notices")
def _(context):
    hub = Hub(os.path.join(context.place, "hub"))
    with studio(context, hub) as at:
        at.join("second")
        at.start()
        at.work(1)
        before = at.desks[0].status()
        hub.kill()
        shutil.rmtree(hub.replicas)
        hub.start()
        at.work(1)
        at.join("third")
        at.start()
        at.judge()
        for desk in at.desks:
            equal(desk.status()["epoch"], before["epoch"], "epoch")


@test("two hubs on a PostgreSQL that fails over to a standby that lagged: one new epoch, and devices fill it up")
def _(context):
    with Postgresql(tcp=True) as primary, primary.standby() as standby:  # neither hub is started again
        uri = primary.database("hubs")
        both = uri.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
        hub = Hub(os.path.join(context.place, "hub"), store=both)
        beside = Hub(os.path.join(context.place, "beside"), store=both)
        with studio(context, hub) as at:
            beside.start()
            try:
                at.join("second", beside)
                at.start()
                at.work(1)
                standby.wait_for(primary)
                standby.cut_off()
                at.work()  # acknowledged by the primary alone
                before = at.desks[0].status()
                primary.kill()
                standby.promote()
                refilled(at, before["epoch"], before["hub_replica"])
            except BaseException:
                print("# " + beside.log + "\n# " + beside.told()[-2500:].replace("\n", "\n# "))
                raise
            finally:
                beside.kill()


def count(desk, table):
    with contextlib.closing(sqlite3.connect(f"file:{desk.directory}/studioloop.db?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@test("a device that comes new in a studio with years behind it begins from the hub's snapshot and reads the tail")
def _(context):
    hub = Hub(os.path.join(context.place, "hub")).start()
    try:
        first = LiveDesk(os.path.join(context.place, "first"))
        # More operations than travel one by one.
        subprocess.run([MAKE_STUDIO, first.directory, str(YEARS_BOOKINGS)], stdout=subprocess.DEVNULL, check=True)
        made = hub.run("org", "add", "Fynbos")
        first.ok("pair", hub.url, made["code"])
        equal(first.ok("sync", "now")["pending"], 0, "pending")
        tail = [first.member() for _ in range(3)]
        equal(first.ok("sync", "now")["pending"], 0, "pending")
        second = LiveDesk(os.path.join(context.place, "second"))
        second.ok("pair", hub.url, hub.run("pairing-code", "--org", made["id"])["code"])
        for desk in (second, first, second):
            desk.ok("sync", "now")
        wait_until_agreed([first, second])
        check(count(second, "local_snapshot") > 0, "it has a snapshot")
        check(count(second, "local_op") < count(first, "local_op") / 10, "and not the operations before it")
        known = {each["id"] for each in second.items("member", "list")}
        equal(set(tail) - known, set(), "the tail")
        second.verified()
    finally:
        hub.kill()


@test("a device that comes new gets everything from the hub, whoever else is away")
def _(context):
    hub = Hub(os.path.join(context.place, "hub"))
    with studio(context, hub) as at:
        at.join("second")
        at.start()
        at.work(BUSY_ROUNDS)
        for desk in at.desks:
            equal(desk.agent.stop(), 0, "the agent ends")
        newcomer = at.join("newcomer")
        wait_until(lambda: newcomer.ok("sync", "now")["pending"] == 0, "it has told of itself")
        equal(newcomer.items("attention"), [], "attention")
        at.judge([newcomer])
        at.start()
        at.judge()
        equal(len({state(desk) for desk in at.desks}), 1, "states")


if __name__ == "__main__":
    sys.exit(main("bootstrap"))
