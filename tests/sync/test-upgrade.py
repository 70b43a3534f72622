#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices and hub one version apart, in both directions: the older one goes on with its work, keeps and passes on what
it does not know, and applies it after its upgrade; who has no version of the wire in common is told so.

The older programs are the ones under test with tests/sync/older.c linked in.
"""
import contextlib
import glob
import os
import socket
import sqlite3
import sys

from live import AGENT, Hub, LiveDesk, Process, state, wait_until, wait_until_agreed

OLDER_DESK, OLDER_HUB, OLDER_AGENT = (os.path.abspath(each) for each in sys.argv[2:5])
del sys.argv[2:5]

from contract import EXIT_NETWORK, EXIT_STORAGE, PROGRAM, check, equal, hours, main, test  # noqa: E402

# The newest kind and the newest fields of members; and one that counts rights and one that is final.
MEMBERSHIP_EDIT, SESSION_CAPACITY, MEMBER_ERASE = 65, 18, 47
MEMBER_FIELDS = 12  # up to the home; the language came after it
OLDER = {
    "SL_OLDER_KINDS": f"{MEMBERSHIP_EDIT} {SESSION_CAPACITY} {MEMBER_ERASE}",
    "SL_OLDER_MEMBER_FIELDS": str(MEMBER_FIELDS),
}


class AgedDesk(LiveDesk):
    """A desk whose programs change."""

    def install(self, older=None, *words):
        """older: what the programs are told (OLDER), none: today's. words: the agent's."""
        self.agent.stop()
        self.program = OLDER_DESK if older else PROGRAM
        self.env = dict(older or {})
        argv = [OLDER_AGENT if older else AGENT, "--data", self.directory, *(words or ["--no-lan"])]
        self.agent = Process(argv, self.directory + ".agent.log", self.env)
        return self


class AgedHub(Hub):
    def install(self, older=None):
        self.stop()
        self.program = OLDER_HUB if older else Hub.program
        self.env = dict(older or {})
        return self


@contextlib.contextmanager
def studio(context, hub_age=None):
    """A hub, and what makes desks; all of it ends."""
    hub = AgedHub(os.path.join(context.place, "hub")).install(hub_age).start()
    made = hub.run("org", "add", "Fynbos")
    desks = []

    def desk(name, age=None, pair=True):
        one = AgedDesk(os.path.join(context.place, name)).install(age)
        desks.append(one)
        if len(desks) == 1:
            one.init()
        if pair:
            code = made["code"] if len(desks) == 1 else hub.run("pairing-code", "--org", made["id"])["code"]
            one.ok("pair", hub.url, code, "--name", name)
        return one

    try:
        yield hub, desk
    except BaseException:
        for process in (hub, *(each.agent for each in desks)):
            if os.path.exists(process.log):
                print("# " + process.log + "\n# " + process.told()[-2000:].replace("\n", "\n# "))
        raise
    finally:
        for each in desks:
            each.agent.kill()
        hub.kill()


class Business:
    """What a studio had before its upgrade, and what it then does that an older program does not know."""

    def __init__(self, desk):
        self.desk = desk
        self.session = desk.free_class(desk.now + hours(40), capacity=8)
        self.guest, self.leaver = desk.member(), desk.member(first="Sipho")
        plan = desk.ok("plan", "add", "--name", "All", "--kind", "unlimited", "--period", "monthly", "--price", 90000)
        self.membership = desk.ok("membership", "start", "--member", self.guest, "--plan", plan["id"])["id"]

    def go_on(self, desk):
        """A later program's part."""
        desk.ok("membership", "freeze", self.membership)
        desk.ok("session", "capacity", self.session, 7)
        desk.ok("member", "edit", self.guest, "--language", "af", "--permission", "vip")
        desk.ok("member", "erase", self.leaver, "--reason", "asked")

    def is_known(self, desk):
        """Which of it a desk has applied, in that order."""
        guest = desk.ok("member", "show", self.guest)
        names = [each["id"] for each in desk.items("member", "list")]
        return (
            desk.items("membership", "show", self.guest)[0]["status"] == "frozen",
            desk.ok("session", "show", self.session)["capacity"] == 7,
            guest.get("language") == "af",
            self.leaver not in names,
        )

    def permission(self, desk):
        return desk.ok("member", "show", self.guest)["permission"]


NOTHING_OF_IT, ALL_OF_IT = (False, False, False, False), (True, True, True, True)


def booked(desk, session):
    """A new member's booking, made there."""
    made = desk.book(desk.member(), session)
    equal(made["status"], "confirmed", "booked")
    return made["id"]


def confirmed(desk, booking):
    return desk("booking", "show", booking).status == 0 and desk.ok("booking", "show", booking)["status"] == "confirmed"


def wait_until_booked(desks, bookings):
    for desk in desks:
        for booking in bookings:
            wait_until(lambda at=desk, what=booking: confirmed(at, what), f"{booking} at {desk.directory}")


def parked(path):
    """What a database holds for a later program, and the sum of its state."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        count = "SELECT (SELECT count(*) FROM local_parked) + (SELECT count(*) FROM local_parked_field)"
        return (
            database.execute(count).fetchone()[0],
            database.execute("SELECT state_sum FROM local_chain WHERE ix = 1").fetchone()[0],
        )


def replica_of(hub):
    found = glob.glob(os.path.join(hub.replicas, "*", "*", "studioloop.db"))
    equal(len(found), 1, "replicas of the hub")
    return found[0]


@test("an older desk and its agent work on beside a later hub and a later desk, and have it all after the upgrade")
def _(context):
    with studio(context) as (_hub, desk):
        later, older = desk("later"), desk("older", OLDER)
        business = Business(later)
        later.agent.start()
        older.agent.start()
        wait_until_agreed([later, older])
        business.go_on(later)
        wait_until(lambda: business.permission(older) == "vip", "what the older one knows of an edit")
        wait_until(lambda: parked(older.directory + "/studioloop.db")[0] == 4, "all of it came")
        equal(business.is_known(older), NOTHING_OF_IT, "known to the older one")
        bookings = [booked(each, business.session) for each in (later, older, later, older)]
        wait_until_booked([later, older], bookings)
        equal(older.ok("sync", "now")["pending"], 0, "pending at the older one")
        older.verified()
        check(state(later)[0] != state(older)[0], "an older one is in the same state: nothing was tried")
        older.install().agent.start()
        bookings.append(booked(older, business.session))
        wait_until_agreed([later, older])
        equal(business.is_known(older), ALL_OF_IT, "known after the upgrade")
        equal(parked(older.directory + "/studioloop.db")[0], 0, "parked after the upgrade")
        wait_until_booked([later, older], bookings)
        for each in (later, older):
            each.verified()


@test("what a later program made out of nothing an older one holds back, tells of it, and takes after its upgrade")
def _(context):
    with studio(context) as (_hub, desk):
        later, older = desk("later"), desk("older", OLDER)
        session = later.free_class(later.now + hours(40), capacity=2)
        for each in (later, older, later, older):
            each.ok("sync", "now")
        later.ok("session", "capacity", session, 9)  # spots of a kind that the older one does not know
        there = [booked(later, session) for _ in range(6)]
        for each in (later, older, later):
            each.ok("sync", "now")
        here = [older.member(), later.member()]
        for each in (older, later, older):
            each.ok("sync", "now")
        check(here[0] in [each["id"] for each in later.items("member", "list")], "the older one's news")
        check("no_rights" in [each["kind"] for each in older.items("attention")], "people are told at the older one")
        equal(later.items("attention"), [], "and nothing is wrong at the later one")
        older.install().ok("sync", "now")
        older.member()
        for each in (older, later, older):
            each.ok("sync", "now")
        wait_until_agreed([later, older])
        wait_until_booked([older], there)
        equal(older.items("attention"), [], "after the upgrade")
        older.verified()


@test("an older hub passes on what it does not know, lets devices in with it, and applies it after its upgrade")
def _(context):
    with studio(context, OLDER) as (hub, desk):
        first, second = desk("first"), desk("second")
        business = Business(first)
        for each in (first, second):
            each.agent.start()
        business.go_on(first)
        wait_until_agreed([first, second])
        equal(business.is_known(second), ALL_OF_IT, "known to the later desk")
        bookings = [booked(each, business.session) for each in (first, second)]
        third = desk("third")
        third.agent.start()
        wait_until_agreed([first, second, third])
        equal(business.is_known(third), ALL_OF_IT, "known to who came through the older hub")
        wait_until_booked([first, second, third], bookings)
        wait_until(lambda: parked(replica_of(hub))[0] == 4, "the older hub keeps it apart")
        hub.install().start()
        wait_until(lambda: hub.run("org", "list")["items"], "the hub serves")
        bookings.append(booked(third, business.session))
        wait_until_booked([first, second], bookings)
        wait_until(lambda: parked(replica_of(hub))[0] == 0, "the hub has applied it")
        wait_until_agreed([first, second, third])
        wait_until(
            lambda: len({parked(each)[1] for each in (replica_of(hub), first.directory + "/studioloop.db")}) == 1,
            "the hub's replica is in the desks' state",
        )
        for each in (first, second, third):
            each.verified()


def neighbours(desks, ages, links):
    """Agents that find each other by address alone. links: whom each asks, by number."""
    ports, ids = [], [each.status()["replica"] for each in desks]
    for _ in desks:
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            ports.append(chosen.getsockname()[1])
    for n, desk in enumerate(desks):
        words = ["--lan-address", "127.0.0.1", "--lan-port", ports[n]]
        for other in links[n]:
            words += ["--neighbour", f"{ids[other]}=http://127.0.0.1:{ports[other]}"]
        desk.install(ages[n], *words).agent.start()


@test("between two desks that do not know each other an older neighbour carries what it does not know")
def _(context):
    with studio(context) as (hub, desk):
        first, older, third = desk("first"), desk("older", OLDER), desk("third")
        business = Business(first)
        desks = [first, older, third]
        for each in desks * 2:
            each.ok("sync", "now")
        wait_until_agreed(desks)
        hub.kill()
        neighbours(desks, [None, OLDER, None], [[1], [0, 2], [1]])
        business.go_on(first)
        wait_until(lambda: business.is_known(third) == ALL_OF_IT, "what went through the older one")
        equal(business.is_known(older), NOTHING_OF_IT, "known to the older one")
        bookings = [older.member() for _ in range(2)]
        wait_until(lambda: set(bookings) <= {each["id"] for each in first.items("member", "list")}, "its own news")
        wait_until_agreed([first, third])
        neighbours(desks, [None, None, None], [[1], [0, 2], [1]])
        older.member()
        wait_until_agreed(desks)
        equal(business.is_known(older), ALL_OF_IT, "known after the upgrade")
        for each in desks:
            each.verified()


def told_wrong_version(desk):
    """What people are told, and that nothing is taken for sent."""
    mine = desk.member()
    answer = desk("sync", "now")
    equal((answer.status, answer.code), (EXIT_NETWORK, "hub_refused"), f"sync now: {answer}")
    check("wrong_version" in answer.error["reason"], f"it says why: {answer}")
    equal(desk.status()["refused"], "wrong_version", "in the status")
    check(desk.status()["pending"] > 0, "it waits")
    return mine


@test("wrong_version: who has no version of the wire in common is told so, and loses nothing")
def _(context):
    with studio(context) as (hub, desk):
        first, second = desk("first"), desk("second")
        for each in (first, second, first):
            each.ok("sync", "now")
        hub.install({"SL_OLDER_VERSIONS": "2 3"}).start()  # a hub two versions ahead
        members = [told_wrong_version(first)]
        first.agent.start()
        wait_until(lambda: os.path.exists(first.directory + "/agent.sock"), "the agent listens")
        members.append(told_wrong_version(first))  # by its agent
        hub.install({"SL_OLDER_VERSIONS": "1 2"}).start()  # one version ahead: it still knows ours
        wait_until(lambda: first.status()["refused"] is None and first.status()["pending"] == 0, "all went over")
        hub.install().start()
        second.install({"SL_OLDER_VERSIONS": "2 3"})  # a desk two versions ahead of the hub
        members.append(told_wrong_version(second))
        second.install({"SL_OLDER_VERSIONS": "1 3"})  # and one that still knows the hub's
        second.ok("sync", "now")
        first.ok("sync", "now")
        wait_until_agreed([first, second])
        equal(set(members) - {each["id"] for each in second.items("member", "list")}, set(), "members that were lost")
        for each in (first, second):
            each.verified()


@test("too_new: a desk put back to the program before its last writes reads, and goes on when the later one is back")
def _(context):
    with studio(context) as (_hub, desk):
        first, second = desk("first"), desk("second")
        business = Business(first)
        business.go_on(first)
        first.ok("sync", "now")
        first.install(OLDER)
        answer = first("member", "add", "--first", "A", "--last", "B", "--anyway")
        equal((answer.status, answer.code), (EXIT_STORAGE, "too_new"), "a write")
        check(first.items("member", "list"), "it reads")
        second.ok("sync", "now")
        there = second.member()
        second.ok("sync", "now")
        answer = first("sync", "now")
        check(answer.code in (None, "too_new"), f"an exchange: {answer}")
        first.install()
        first.ok("sync", "now")
        wait_until_agreed([first, second])
        check(there in [each["id"] for each in first.items("member", "list")], "what came meanwhile")
        first.verified()


if __name__ == "__main__":
    sys.exit(main("upgrade"))
