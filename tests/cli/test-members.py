#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members beyond their names: two records made one, health questions, plans and memberships."""
import json
import os
import sys

from contract import MORNING, check, days, equal, hours, main, minutes, rfc3339, test

START = MORNING + days(1)
ANSWERS = {"heart": False, "joints": "left knee"}


def merged(desk, record, into):
    return desk.ok("member", "merge", record, "--into", into)


@test("two records become one: the survivor takes over what it lacks")
def _(context):
    desk = context.studio()
    old = desk.member("--phone", "0821110001", "--email", "old@example.org", "--channel", "sms", first="Lindiwe")
    new = desk.member("--email", "new@example.org", first="Lindi")
    told = merged(desk, old, new)
    equal(told["id"], new, "survivor")
    equal(told["phone"], "+27821110001", "phone")
    equal(told["email"], "new@example.org", "e-mail")
    equal(told["channel"], "sms", "channel")
    equal(told["merged"], [old], "merged")
    equal(desk.ok("member", "show", old)["id"], new, "shown by the old id")
    found = desk.items("member", "list", "--search", "0821110001")
    equal([each["id"] for each in found], [new], "found by phone")
    found = desk.items("member", "list", "--search", "lindiwe")
    equal([each["id"] for each in found], [new], "found by the old name")


@test("credits and bookings of both records are the member's")
def _(context):
    desk = context.studio()
    old, new = desk.member(), desk.member()
    session = desk.session(desk.service(credits_hundredths=150), START)
    desk.credited(old, 100)
    desk.credited(new, 100)
    desk.refused("insufficient_credits", "book", "--member", new, "--session", session)
    merged(desk, old, new)
    equal(desk.balance(old), 200, "balance")
    booking = desk.book(old, session)["id"]
    equal(desk.balance(new), 50, "balance")
    desk.refused("already_booked", "book", "--member", new, "--session", session)
    equal([each["id"] for each in desk.ok("member", "show", new)["bookings"]], [booking], "bookings")
    equal([each["member"] for each in desk.items("roster", session)], [new], "roster")


@test("one of two bookings of a session gives way in full")
def _(context):
    desk = context.new_studio()
    old, new = desk.member(), desk.member()
    session = desk.session(desk.service(credits_hundredths=100), START)
    desk.credited(old, 100)
    desk.credited(new, 100)
    first, second = desk.book(old, session)["id"], desk.book(new, session, at=MORNING + minutes(1))["id"]
    merged(desk, old, new)
    equal(desk.ok("run-due")["duplicates"], 1, "duplicates")
    equal(desk.ok("booking", "show", first)["status"], "confirmed", "the earlier one")
    equal(desk.ok("booking", "show", second)["status"], "cancelled", "the later one")
    equal(desk.balance(new), 100, "balance")
    desk.verified()


@test("either pass opens the door until a new one is issued")
def _(context):
    desk = context.new_studio()
    old, new = desk.member(), desk.member()
    session = desk.free_class(MORNING + minutes(20))
    passes = [desk.pass_code(old), desk.pass_code(new)]
    desk.book(new, session)
    merged(desk, old, new)
    equal(desk.ok("checkin", "--code", passes[0])["member"], new, "member")
    desk.refused("already_checked_in", "checkin", "--code", passes[1])
    desk.pass_code(new)
    for each in passes:
        desk.refused("revoked_code", "checkin", "--code", each)


@test("merging is refused: wrong_state, member_erased, not_allowed, bad_input, not_found")
def _(context):
    desk = context.studio()
    old, new, gone = desk.member(), desk.member(), desk.member()
    desk.ok("member", "erase", gone)
    desk.refused("member_erased", "member", "merge", old, "--into", gone)
    desk.refused("not_allowed", "member", "merge", old, "--into", new, **desk.staff("receptionist"))
    desk.refused("bad_input", "member", "merge", old, "--into", old)
    desk.refused("not_found", "member", "merge", old, "--into", "00000000-0000-4000-8000-000000000000")
    merged(desk, old, new)
    desk.refused("wrong_state", "member", "merge", new, "--into", old)


@test("erasing one record erases all")
def _(context):
    desk = context.studio()
    old, new = desk.member("--phone", "0821110009"), desk.member()
    merged(desk, old, new)
    equal(desk.ok("member", "erase", old)["status"], "erased", "status")
    equal(desk.ok("member", "show", new)["phone"], None, "phone")
    equal(desk.items("member", "list", "--search", "0821110009"), [], "found")
    desk.refused("member_erased", "member", "edit", new, "--notes", "x")


@test("what an erased member had booked is offered to the queue at once")
def _(context):
    desk = context.studio()
    session = desk.free_class(START, capacity=1)
    gone, next_one = desk.member(), desk.member()
    booking = desk.book(gone, session)["id"]
    waiting = desk.book(next_one, session, "--waitlist")["id"]
    desk.ok("member", "erase", gone)
    equal(desk.ok("booking", "show", booking)["status"], "cancelled", "given back")
    equal(desk.ok("booking", "show", waiting)["status"], "offered", "first in line")


@test("merged on one device, one on every device")
def _(context):
    first = context.new_studio("first")
    old, new = first.member("--phone", "0821110010"), first.member()
    first.credited(old, 100)
    second = context.desk("second")
    first.ok("device", "invite", first.path("invitation"))
    second.ok("device", "join", first.path("invitation"))
    merged(second, old, new)
    second.ok("oplog", "export", first.path("log"))
    first.ok("oplog", "import", first.path("log"))
    equal(first.balance(new), 100, "balance")
    equal(len(first.items("member", "list")), 1, "members")
    equal(first.hash(), second.hash(), "state")
    first.verified()


@test("inactive members: no booking until they are active again; a ban is not edited away")
def _(context):
    desk = context.studio()
    member = desk.member()
    session = desk.free_class(START)
    equal(desk.ok("member", "edit", member, "--status", "inactive")["status"], "inactive", "status")
    desk.refused("member_blocked", "book", "--member", member, "--session", session)
    desk.ok("member", "edit", member, "--status", "active")
    desk.book(member, session)
    desk.ok("member", "block", member, "--reason", "left the weights out")
    desk.refused("wrong_state", "member", "edit", member, "--status", "active")
    desk.refused("bad_input", "member", "edit", member, "--status", "banned")
    desk.refused("bad_input", "member", "edit", member, "--channel", "pigeon")


@test("an instructor sees whom they are assigned")
def _(context):
    desk = context.studio()
    member = desk.member()
    instructor = desk.staff("instructor")
    desk.refused("not_allowed", "member", "show", member, **instructor)
    desk.ok("member", "edit", member, "--instructor", instructor["staff"])
    equal(desk.ok("member", "show", member, **instructor)["id"], member, "shown")


@test("parq_needed until the health questions are answered, and again a year later")
def _(context):
    desk = context.studio()
    service = desk.service("--parq", "yes")
    session = desk.session(service, START)
    member = desk.member()
    desk.refused("parq_needed", "book", "--member", member, "--session", session)
    path = os.path.join(context.place, "answers.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(ANSWERS, file, indent=2)
    told = desk.ok("parq", "answer", member, "--answers", path)
    equal((told["answers"], told["valid"]), (ANSWERS, True), "answers")
    equal(desk.ok("parq", "show", member)["answers"], ANSWERS, "answers")
    desk.book(member, session)
    later = MORNING + days(366)
    equal(desk.ok("parq", "show", member, at=later)["valid"], False, "valid")
    other = desk.session(service, later + hours(5), at=later)
    desk.refused("parq_needed", "book", "--member", member, "--session", other, at=later)
    desk.ok("parq", "answer", member, "--answers", json.dumps(ANSWERS), at=later)
    desk.book(member, other, at=later)


@test("answers that are none are bad input")
def _(context):
    desk = context.studio()
    member = desk.member()
    for answers in ("{", "[]", "{}", '{"heart":1}', '{"":true}', '{"a":true,"a":false}', "/nowhere/answers.json"):
        desk.refused("bad_input", "parq", "answer", member, "--answers", answers)
    desk.refused("bad_input", "parq", "answer", member, "--answers", json.dumps({"long": "x" * 5000}))
    equal(desk.ok("parq", "show", member)["answered"], None, "answered")
    desk.refused("not_allowed", "parq", "answer", member, "--answers", '{"a":true}', **desk.staff("finance"))


def plan(desk, *words, **options):
    return desk.ok(
        "plan", "add", "--name", desk.name("All in"), "--kind", "unlimited", "--period", "monthly", "--price", 120000,
        *words, **options
    )["id"]


def started(desk, member, of, *words, **options):
    return desk.ok("membership", "start", "--member", member, "--plan", of, *words, **options)


@test("an unlimited plan pays for what it covers")
def _(context):
    desk = context.studio()
    yoga, spinning = desk.service(credits_hundredths=100), desk.service(credits_hundredths=100)
    member = desk.member()
    told = started(desk, member, plan(desk, "--service", yoga))
    equal((told["status"], told["until"], told["cancelled"]), ("active", None, False), "membership")
    desk.book(member, desk.session(yoga, START))
    desk.refused("not_covered", "book", "--member", member, "--session", desk.session(spinning, START + hours(2)))
    desk.credited(member, 100)
    desk.book(member, desk.session(spinning, START + hours(4)))
    equal(desk.balance(member), 0, "balance")


@test("a membership is frozen, thaws, falls due, and ends")
def _(context):
    desk = context.studio()
    service = desk.service(credits_hundredths=100)
    member = desk.member()
    one = started(desk, member, plan(desk), "--until", rfc3339(MORNING + days(60)))["id"]

    def status(at):
        return desk.items("membership", "show", member, at=at)[0]["status"]

    desk.ok("membership", "freeze", one, "--from", rfc3339(MORNING + days(1)), "--until", rfc3339(MORNING + days(3)))
    moments = [MORNING + days(n) + hours(1) for n in (0, 2, 4)]
    equal([status(at) for at in moments], ["active", "frozen", "active"], "statuses")
    frozen = desk.session(service, MORNING + days(2))
    desk.refused("insufficient_credits", "book", "--member", member, "--session", frozen)
    desk.ok("membership", "unfreeze", one, at=MORNING + days(2))
    equal(status(MORNING + days(2) + hours(1)), "active", "status")
    desk.ok("membership", "paid", one, "--until", rfc3339(MORNING + days(30)))
    equal(status(MORNING + days(31)), "payment_due", "status")
    desk.ok("membership", "paid", one)
    told = desk.ok("membership", "cancel", one, "--at", rfc3339(MORNING + days(40)), at=MORNING + hours(1))
    equal((told["status"], told["cancelled"]), ("active", True), "membership")
    equal(status(MORNING + days(41)), "cancelled", "status")
    desk.refused("wrong_state", "membership", "freeze", one, at=MORNING + days(41))


@test("memberships and plans are the manager's")
def _(context):
    desk = context.studio()
    member, of = desk.member(), plan(desk)
    for role in ("receptionist", "finance", "instructor"):
        actor = desk.staff(role)
        desk.refused("not_allowed", "membership", "start", "--member", member, "--plan", of, **actor)
        desk.refused("not_allowed", "plan", "edit", of, "--price", 1, **actor)
    manager = desk.staff("manager")
    one = started(desk, member, of, **manager)["id"]
    for words in (("freeze", one), ("unfreeze", one), ("paid", one), ("cancel", one)):
        desk.refused("not_allowed", "membership", *words, **desk.staff("receptionist"))
    equal(len(desk.items("membership", "show", member, **desk.staff("receptionist"))), 1, "memberships")


@test("plans are listed, edited, and no longer sold")
def _(context):
    desk = context.studio()
    of = plan(desk, "--access-hours", "Mon-Fri 09:00-16:00", "--open-gym", "yes", "--joining", 25000)
    listed = [each for each in desk.items("plan", "list") if each["id"] == of][0]
    equal((listed["access_hours"], listed["open_gym"], listed["joining"]), ("Mon-Fri 09:00-16:00", True, 25000), "plan")
    told = desk.ok("plan", "edit", of, "--access-hours", "", "--open-gym", "no", "--active", "no")
    equal((told["access_hours"], told["open_gym"], told["active"]), (None, False, False), "plan")
    desk.refused("wrong_state", "membership", "start", "--member", desk.member(), "--plan", of)
    desk.refused("bad_input", "plan", "edit", of, "--access-hours", "whenever")
    desk.refused("bad_input", "plan", "add", "--name", "P", "--kind", "credits", "--period", "monthly", "--price", 1)
    check(desk.ok("plan", "add", "--name", "Eight", "--kind", "credits", "--period", "monthly", "--price", 80000,
                  "--credits", 800)["credits"] == 800, "credits of a plan")


if __name__ == "__main__":
    sys.exit(main("members"))
