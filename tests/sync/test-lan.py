#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two desks of a studio on one LAN and no hub: they stay within seconds of one another, rights flow between them, and a
cable that is cut and mended again costs nothing. Real agents, real Avahi, two machines of network namespaces."""
import contextlib
import os
import sys

import lan
from live import LiveDesk, Process, agreed, wait_until, wait_until_agreed

from contract import check, equal, hours, main, test


class MachineProcess(Process):
    """A program inside a machine."""

    def __init__(self, machine, argv, log):
        super().__init__(machine.argv(*argv), log, env=machine.env)


class LanDesk(LiveDesk):
    """A desk whose agent runs on a machine of its own; its commands reach it by the data directory."""

    def __init__(self, directory, machine):
        super().__init__(directory)
        self.machine = machine
        self.agent = MachineProcess(machine, self.agent.argv, self.agent.log)


def bookings(desk, session):
    """Of a session, as far as the desk has heard of it."""
    answer = desk("roster", session)
    return [each["booking"] for each in answer.json["items"]] if answer.status == 0 else []


@contextlib.contextmanager
def two_desks(context, start=True):
    with lan.two_machines(context.place) as (one, two):
        first = LanDesk(os.path.join(context.place, "first"), one)
        second = LanDesk(os.path.join(context.place, "second"), two)
        first.init()
        first.ok("device", "invite", first.path("invitation"))
        second.ok("device", "join", first.path("invitation"), "--name", "Second desk")
        try:
            if start:
                first.agent.start()
                second.agent.start()
            yield first, second
        finally:
            for desk in (first, second):
                desk.agent.stop()


def when_granted(desk, *words):
    """Does it as a person at the desk would: again, while what it needs is on its way."""
    told = []

    def done():
        told[:] = [desk(*words)]
        return told[0].json if told[0].status == 0 else None

    return wait_until(done, lambda: str(told[0]))


@test("a device that joined by file alone is heard of, and what is booked at one desk is seen at the other")
def _(context):
    with two_desks(context) as (first, second):
        wait_until_agreed([first, second])
        session = first.free_class(first.now + hours(40))
        member = first.member()
        booking = first.book(member, session)["id"]
        wait_until(lambda: booking in bookings(second, session), "the booking at the other desk")
        wait_until_agreed([first, second])
        first.verified()
        second.verified()


@test("a spot that the other desk holds is fetched inside the command")
def _(context):
    with two_desks(context) as (first, second):
        session = first.free_class(first.now + hours(40), capacity=12)
        member = first.member()
        wait_until_agreed([first, second])
        booked = when_granted(second, "book", "--member", member, "--session", session)
        equal(booked["status"], "confirmed", "status at the desk that held nothing")
        wait_until_agreed([first, second])


@test("no_rights for money of the other desk while the cable is cut; mended, it is fetched inside the command")
def _(context):
    with two_desks(context) as (first, second):
        paid = first.ok("sell", "--item", "Mat", "--price", 10000, "--method", "card")
        voucher = first.ok("sell", "--voucher-value", 5000, "--method", "cash")
        wait_until_agreed([first, second])
        refund = ("refund", paid["payment"], "--reason", "ill")
        use = ("sell", "--item", "Towel", "--price", 5000, "--method", "voucher", "--voucher", voucher["code"])
        first.machine.cut()
        for words in (refund, use):
            before = second.hash()
            told = second.refused("no_rights", *words)["error"]
            equal(told["device"], first.status()["replica"], "who has it")
            equal(second.hash(), before, "state")
        first.machine.mend()
        equal(when_granted(second, *refund)["amount"], 10000, "given back")
        equal(when_granted(second, *use)["due"], 0, "paid by the voucher")
        wait_until_agreed([first, second])
        first.refused("refund_over_payment", *refund)
        first.refused("voucher_invalid", *use)
        first.verified()
        second.verified()


@test("a cable that is cut and mended: both desks go on, and agree after it")
def _(context):
    with two_desks(context) as (first, second):
        sessions = [first.free_class(first.now + hours(40 + n), capacity=12) for n in range(2)]
        members = [first.member() for _ in range(4)]
        wait_until_agreed([first, second])
        for cut, mend in ((first.machine.cut, first.machine.mend), (first.machine.unplug, first.machine.plug_in)):
            cut()
            taken = [first.book(members.pop(), session)["id"] for session in sessions]
            other = second.member()
            check(not agreed([first, second]), "the cable is cut")
            mend()
            wait_until_agreed([first, second])
            for booking, session in zip(taken, sessions):
                check(booking in bookings(second, session), "what was booked meanwhile")
            equal(first.ok("member", "show", other)["id"], other, "who was met meanwhile")
            members.append(other)
        first.verified()
        second.verified()


@test("one packet in eight is lost, and the desks go on hearing each other")
def _(context):
    with two_desks(context) as (first, second):
        session = first.free_class(first.now + hours(40), capacity=12)
        members = [first.member() for _ in range(4)]
        wait_until_agreed([first, second])
        first.machine.lose(12)
        taken = [first.book(member, session)["id"] for member in members]
        second.member()
        wait_until_agreed([first, second])
        equal(sorted(bookings(second, session)), sorted(taken), "what was booked meanwhile")
        first.machine.mend()
        first.verified()
        second.verified()


@test("an agent that comes back finds its neighbour again, also where Avahi comes later than it")
def _(context):
    with two_desks(context, start=False) as (first, second):
        second.machine.stop_avahi()
        first.agent.start()
        second.agent.start()
        first.member()
        check(not agreed([first, second]), "nobody has told the other")
        second.machine.start_avahi()
        wait_until_agreed([first, second])
        second.agent.kill()
        first.member()
        second.agent.start()
        wait_until_agreed([first, second])


@test("two studios on one LAN hear nothing of each other")
def _(context):
    with lan.two_machines(context.place) as (one, two):
        first = LanDesk(os.path.join(context.place, "first"), one)
        stranger = LanDesk(os.path.join(context.place, "stranger"), two)
        friend = LanDesk(os.path.join(context.place, "friend"), two)
        first.init()
        stranger.init()
        first.ok("device", "invite", first.path("invitation"))
        friend.ok("device", "join", first.path("invitation"), "--name", "Second desk")
        try:
            for desk in (first, stranger, friend):
                desk.agent.start()
            before = stranger.hash()
            first.member()
            wait_until_agreed([first, friend])
            equal(stranger.hash(), before, "the state of another studio")
            check(stranger.hash() != first.hash(), "two studios")
        finally:
            for desk in (first, stranger, friend):
                desk.agent.stop()


if __name__ == "__main__":
    lan.skip_or_go("lan")
    sys.exit(main("sync-lan"))
