#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Booking and cancelling: the checks in their order, each refusal by its name."""
import os
import subprocess
import sys

from contract import (
    FAKETIME,
    MORNING,
    PROGRAM,
    RFC3339,
    UUID,
    check,
    days,
    equal,
    hours,
    main,
    minutes,
    parse_time,
    rfc3339,
    test,
)


@test("a booking is confirmed at once, has a code and stands on the roster")
def _(context):
    desk = context.studio()
    member, session = desk.member(), desk.free_class(MORNING + hours(2), capacity=4)
    booked = desk.book(member, session)
    equal(booked["status"], "confirmed", "status")
    check(UUID.match(booked["id"]), "id")
    check(booked["code"].startswith("SL1"), f"code {booked['code']!r}")
    row = [each for each in desk.items("roster", session) if each["booking"] == booked["id"]]
    equal([(each["member"], each["status"], each["late"]) for each in row], [(member, "confirmed", False)], "roster")
    shown = desk.ok("session", "show", session)
    equal(
        (shown["capacity"], shown["confirmed"], shown["held"], shown["waitlisted"], shown["free"], shown["rights"]),
        (4, 1, 0, 0, 3, 3),
        "counts",
    )
    equal(shown["state"], "published", "state")
    equal(desk.ok("booking", "show", booked["id"])["status"], "confirmed", "status")


@test("times go in with or without an offset and come out with one")
def _(context):
    desk = context.studio()
    service = desk.service(duration=45)
    one = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:00:00")
    two = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T07:00:00Z")
    three = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:00:00+02:00")
    starts = [desk.ok("session", "show", each["id"]) for each in (one, two, three)]
    equal({parse_time(each["start"]) for each in starts}, {MORNING + hours(3)}, "starts")
    equal({parse_time(each["end"]) for each in starts}, {MORNING + hours(3) + minutes(45)}, "ends")
    for each in starts:
        check(RFC3339.match(each["start"]), each["start"])


@test("bad_input: a time that is none")
def _(context):
    desk = context.studio()
    service = desk.service()
    for text in (
        "tomorrow",
        "2026-02-30T07:00:00",
        "2026-03-02T25:00:00",
        "2026-03-02",
        "1750-01-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "",
    ):
        desk.refused("bad_input", "session", "add", "--service", service, "--start", text)


@test("class_full: the spots asked for are more than are left")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=2)
    for _spot in range(2):
        desk.book(desk.member(), session)
    late = desk.member()
    before = desk.hash()
    desk.refused("class_full", "book", "--member", late, "--session", session)
    equal(desk.hash(), before, "state hash")
    shown = desk.ok("session", "show", session)
    equal((shown["confirmed"], shown["free"]), (2, 0), "confirmed and free")


@test("class_full: sixteen at once for five spots and never one more")
def _(context):
    desk = context.studio()
    now = MORNING.strftime("@%Y-%m-%d %H:%M:%S")
    session = desk.free_class(MORNING + hours(2), capacity=5)
    members = [desk.member() for _ in range(16)]
    racers = [
        subprocess.Popen(
            [
                *FAKETIME,
                now,
                PROGRAM,
                "--data",
                desk.directory,
                "--json",
                "book",
                "--member",
                member,
                "--session",
                session,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TZ": "UTC"},
        )
        for member in members
    ]
    said = [racer.communicate() for racer in racers]
    equal(sorted(racer.returncode for racer in racers), [0] * 5 + [3] * 11, f"exit statuses {said}")
    equal(sum(b"class_full" in out for out, _ in said), 11, "refusals")
    equal(len(desk.items("roster", session)), 5, "roster")


@test("several spots with named guests count as so many")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=4)
    desk.book(desk.member(), session, "--spots", 3, "--guest", "Ann", "--guest", "Ben")
    equal(desk.ok("session", "show", session)["free"], 1, "free")
    desk.refused("class_full", "book", "--member", desk.member(), "--session", session, "--spots", 2, "--guest", "Cy")
    desk.book(desk.member(), session)


@test("guest_names_needed: guests without names")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2))
    desk.refused(
        "guest_names_needed", "book", "--member", desk.member(), "--session", session, "--spots", 3, "--guest", "Ann"
    )


@test("too_many_spots: more than a booking can hold")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=200)
    names = [word for number in range(99) for word in ("--guest", f"G{number}")]
    desk.refused("too_many_spots", "book", "--member", desk.member(), "--session", session, "--spots", 100, *names)


@test("bad_input: no spot or less than none")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2))
    for spots in ("0", "-1", "1.5", "99999999999999999999", "two"):
        answer = desk("book", "--member", desk.member(), "--session", session, "--spots", spots)
        check(answer.code in ("bad_input", "too_many_spots") or answer.status == 2, str(answer))
    equal(desk.ok("session", "show", session)["confirmed"], 0, "bookings")


@test("already_booked: the same member in the same session")
def _(context):
    desk = context.studio()
    member, session = desk.member(), desk.free_class(MORNING + hours(2))
    desk.book(member, session)
    desk.refused("already_booked", "book", "--member", member, "--session", session)
    equal(len(desk.items("roster", session)), 1, "roster")


@test("a cancelled booking can be made again")
def _(context):
    desk = context.studio()
    member, session = desk.member(), desk.free_class(MORNING + hours(30))
    first = desk.book(member, session)["id"]
    desk.ok("cancel", first)
    second = desk.book(member, session)["id"]
    check(first != second, "a new booking has an id of its own")
    equal(desk.ok("session", "show", session)["confirmed"], 1, "confirmed")


@test("member_busy: a session that overlaps, though not one that follows")
def _(context):
    desk = context.studio()
    member = desk.member()
    desk.book(member, desk.free_class(MORNING + hours(2), duration=60))
    desk.refused(
        "member_busy", "book", "--member", member, "--session", desk.free_class(MORNING + hours(2) + minutes(59))
    )
    desk.refused(
        "member_busy", "book", "--member", member, "--session", desk.free_class(MORNING + hours(1) + minutes(1))
    )
    desk.book(member, desk.free_class(MORNING + hours(3)))
    desk.book(member, desk.free_class(MORNING + hours(1)))


@test("booking_window_closed: until 168 h before the start and not from then on")
def _(context):
    desk = context.studio()
    member = desk.member()
    session = desk.free_class(MORNING + days(10))
    opens = MORNING + days(10) - hours(168)
    desk.refused("booking_window_closed", "book", "--member", member, "--session", session, at=opens - minutes(1))
    desk.book(member, session, at=opens, still=True)


@test("session_not_open: a draft until it is published")
def _(context):
    desk = context.studio()
    member = desk.member()
    session = desk.session(desk.service(), MORNING + hours(2), "--draft")
    equal(desk.ok("session", "show", session)["state"], "draft", "state")
    desk.refused("session_not_open", "book", "--member", member, "--session", session)
    desk.ok("session", "publish", session)
    desk.book(member, session)


@test("session_not_open: one that is over, while a walk-in may come until check-in closes")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING)
    desk.book(desk.member(), session, at=MORNING + minutes(10))
    desk.refused("session_not_open", "book", "--member", desk.member(), "--session", session, at=MORNING + minutes(16))
    desk.refused("session_not_open", "book", "--member", desk.member(), "--session", session, at=MORNING + hours(3))


@test("session_cancelled: nobody books what does not take place")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2))
    desk.ok("session", "cancel", session)
    equal(desk.ok("session", "show", session)["state"], "cancelled", "state")
    desk.refused("session_cancelled", "book", "--member", desk.member(), "--session", session)


@test("member_blocked: a blocked member books nothing until unblocked")
def _(context):
    desk = context.studio()
    member, session = desk.member(), desk.free_class(MORNING + hours(2))
    desk.ok("member", "block", member, "--reason", "left the weights out")
    equal(desk.ok("member", "show", member)["status"], "banned", "status")
    desk.refused("member_blocked", "book", "--member", member, "--session", session)
    desk.ok("member", "unblock", member, "--reason", "sorry")
    desk.book(member, session)


@test("the first check that fails is the answer")
def _(context):
    desk = context.studio()
    member = desk.member()
    full = desk.session(desk.service(credits_hundredths=100, capacity=1), MORNING + hours(2))
    sitting = desk.member()
    desk.credited(sitting, 100)
    desk.book(sitting, full)
    desk.refused("class_full", "book", "--member", member, "--session", full)
    desk.ok("member", "block", member, "--reason", "r")
    desk.refused("member_blocked", "book", "--member", member, "--session", full)
    desk.ok("session", "cancel", full)
    desk.refused("session_cancelled", "book", "--member", member, "--session", full)


@test("capacity can be raised and lowered and the free spots follow")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    desk.book(desk.member(), session)
    desk.refused("class_full", "book", "--member", desk.member(), "--session", session)
    desk.ok("session", "capacity", session, 2)
    desk.book(desk.member(), session)
    desk.ok("session", "capacity", session, 1)
    shown = desk.ok("session", "show", session)
    equal((shown["capacity"], shown["confirmed"]), (1, 2), "capacity and bookings")
    desk.refused("class_full", "book", "--member", desk.member(), "--session", session)
    desk.verified()


@test("an override books beside the capacity, with a reason")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    first = desk.book(desk.member(), session)["id"]
    desk.refused("reason_required", "book", "--member", desk.member(), "--session", session, "--override", "")
    desk.refused("reason_required", "book", "--member", desk.member(), "--session", session, "--override", "   ")
    desk.book(desk.member(), session, "--override", "the teacher's sister")
    equal(len(desk.items("roster", session)), 2, "roster")
    desk.refused("class_full", "book", "--member", desk.member(), "--session", session)
    desk.ok("cancel", first)
    shown = desk.ok("session", "show", session)
    equal(shown["rights"], 1, "an override used no right and returns none")
    desk.verified()


@test("cancel gives the spot back")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(30), capacity=1)
    booking = desk.book(desk.member(), session)["id"]
    answer = desk.ok("cancel", booking)
    equal((answer["status"], answer["refunded"]), ("cancelled", 0), "answer")
    equal(desk.ok("session", "show", session)["free"], 1, "free")
    equal(desk.ok("booking", "show", booking)["status"], "cancelled", "status")
    desk.book(desk.member(), session)


@test("wrong_state: cancelling twice")
def _(context):
    desk = context.studio()
    booking = desk.book(desk.member(), desk.free_class(MORNING + hours(30)))["id"]
    desk.ok("cancel", booking)
    before = desk.hash()
    desk.refused("wrong_state", "cancel", booking)
    equal(desk.hash(), before, "state hash")


@test("cancel_closed: from the start on")
def _(context):
    desk = context.studio()
    booking = desk.book(desk.member(), desk.free_class(MORNING + hours(1)))["id"]
    desk.refused("cancel_closed", "cancel", booking, at=MORNING + hours(1) + minutes(1))
    equal(desk.ok("booking", "show", booking)["status"], "confirmed", "status")


@test("cancelling a session cancels its bookings")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2))
    bookings = [desk.book(desk.member(), session)["id"] for _ in range(3)]
    desk.ok("session", "cancel", session)
    desk.ok("run-due")
    equal({desk.ok("booking", "show", each)["status"] for each in bookings}, {"cancelled"}, "statuses")
    desk.refused("session_cancelled", "session", "complete", session)


@test("run-due marks those who did not come, once")
def _(context):
    desk = context.new_studio()
    session = desk.free_class(MORNING + hours(1))
    came, stayed = desk.book(desk.member(), session)["id"], desk.book(desk.member(), session)["id"]
    desk.ok("checkin", "--booking", came, at=MORNING + hours(1))
    after = MORNING + hours(3)
    first = desk.ok("run-due", at=after)
    check(any(value for value in first.values() if isinstance(value, int)), f"something was due: {first}")
    equal(desk.ok("booking", "show", stayed, at=after)["status"], "no_show", "status")
    equal(desk.ok("booking", "show", came, at=after)["status"], "completed", "status")
    before = desk.hash(at=after)
    second = desk.ok("run-due", at=after)
    check(not any(value for value in second.values() if isinstance(value, int)), f"nothing is due twice: {second}")
    equal(desk.hash(at=after), before, "state hash")
    desk.verified(at=after)


@test("sessions of a rule keep their local time over a clock change")
def _(context):
    desk = context.desk()
    desk.ok(
        "init",
        "--org",
        "London",
        "--location",
        "Hackney",
        "--timezone",
        "Europe/London",
        "--owner",
        "O",
        "--pin",
        "739154",
    )
    service = desk.service()
    made = desk.ok(
        "session", "add", "--service", service, "--start", "2026-03-23T07:00:00", "--rrule", "FREQ=WEEKLY;COUNT=3"
    )
    equal(len(made["ids"]), 3, "occurrences")
    equal(made["id"], made["ids"][0], "first")
    starts = [desk.ok("session", "show", each)["start"] for each in made["ids"]]
    equal(
        [text[:19] for text in starts],
        ["2026-03-23T07:00:00", "2026-03-30T07:00:00", "2026-04-06T07:00:00"],
        "local starts",
    )
    equal([text[19:] for text in starts], ["+00:00", "+01:00", "+01:00"], "offsets")


@test("a list of sessions can be limited by time")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + days(40))
    found = desk.items("session", "list", "--from", rfc3339(MORNING + days(39)), "--to", rfc3339(MORNING + days(41)))
    equal([each["id"] for each in found], [session], "sessions")


@test("names need not be unique and keep their writing")
def _(context):
    desk = context.studio()
    words = [
        "service",
        "add",
        "--name",
        "Jóga – Läuft ☕",
        "--kind",
        "class",
        "--type",
        "yoga",
        "--duration",
        "30",
        "--capacity",
        "3",
        "--credits",
        "0",
    ]
    one, two = desk.ok(*words)["id"], desk.ok(*words)["id"]
    check(one != two, "two services")
    names = [each["name"] for each in desk.items("service", "list") if each["id"] in (one, two)]
    equal(names, ["Jóga – Läuft ☕"] * 2, "names")


@test("possible_duplicate: a second member with one phone needs a word more")
def _(context):
    desk = context.studio()
    first = desk.member("--phone", "082 555 0117")
    equal(desk.ok("member", "show", first)["phone"], "+27825550117", "E.164")
    desk.refused("possible_duplicate", "member", "add", "--first", "T", "--last", "N", "--phone", "+27 82 555-0117")
    second = desk.member("--phone", "+27825550117", "--anyway")
    check(first != second, "a second member")


@test("members are found by name, phone and part of either")
def _(context):
    desk = context.studio()
    member = desk.ok("member", "add", "--first", "Zoë", "--last", "Müller-Dlamini", "--phone", "+27825550999")["id"]
    for text in ("zoe", "muller", "Müller-D", "825550999", "zoë mü"):
        found = [each["id"] for each in desk.items("member", "list", "--search", text)]
        check(member in found, f"{text!r} finds {found}")
    equal(desk.items("member", "list", "--search", "nobody at all"), [], "nobody")


@test("editing changes what is named and leaves the rest")
def _(context):
    desk = context.studio()
    member = desk.ok(
        "member", "add", "--first", "Old", "--last", "Name", "--phone", "+27825550222", "--email", "o@n.example"
    )["id"]
    desk.ok("member", "edit", member, "--first", "New")
    shown = desk.ok("member", "show", member)
    equal((shown["first"], shown["last"], shown["phone"]), ("New", "Name", "+27825550222"), "member")


@test("a hold takes a spot for ten minutes and becomes the booking")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    held = desk.ok("hold", "--member", desk.member(), "--session", session)
    equal(held["status"], "held", "status")
    check(abs(parse_time(held["expires"]) - MORNING - minutes(10)) < minutes(1), f"expires {held['expires']}")
    shown = desk.ok("session", "show", session)
    equal((shown["held"], shown["confirmed"], shown["free"]), (1, 0, 0), "counts")
    desk.refused("class_full", "book", "--member", desk.member(), "--session", session)
    confirmed = desk.ok("confirm", held["id"])
    equal((confirmed["id"], confirmed["status"]), (held["id"], "confirmed"), "the booking")
    desk.refused("wrong_state", "confirm", held["id"])


@test("hold_expired: a hold past its end is gone whether or not anything has tidied it up")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    held = desk.ok("hold", "--member", desk.member(), "--session", session)["id"]
    later = MORNING + minutes(10) + minutes(1) / 6
    desk.refused("hold_expired", "confirm", held, at=later)
    equal(desk.ok("booking", "show", held, at=later)["status"], "expired", "status")
    equal(desk.ok("session", "show", session, at=later)["free"], 1, "free")
    desk.book(desk.member(), session, at=later)


@test("a hold that is let go frees its spot")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    held = desk.ok("hold", "--member", desk.member(), "--session", session)["id"]
    equal(desk.ok("release", held)["status"], "cancelled", "status")
    desk.book(desk.member(), session)


@test("rate_limited: a sixth hold within a minute")
def _(context):
    desk = context.studio()
    member = desk.member()
    starts = [MORNING + hours(2 + 2 * number) for number in range(6)]
    sessions = [desk.free_class(start) for start in starts]
    for session in sessions[:5]:
        desk.ok("hold", "--member", member, "--session", session)
    desk.refused("rate_limited", "hold", "--member", member, "--session", sessions[5])
    desk.ok("hold", "--member", member, "--session", sessions[5], at=MORNING + minutes(2))


@test("insufficient_credits: no credits leaves the hold standing")
def _(context):
    desk = context.studio()
    session = desk.session(desk.service(credits_hundredths=100), MORNING + hours(2))
    member = desk.member()
    held = desk.ok("hold", "--member", member, "--session", session)["id"]
    desk.refused("insufficient_credits", "confirm", held)
    equal(desk.ok("booking", "show", held)["status"], "held", "status")
    desk.credited(member, 100)
    equal(desk.ok("confirm", held)["status"], "confirmed", "status")


@test("a drop-in price can be paid instead of credits where there is one")
def _(context):
    desk = context.studio()
    session = desk.session(desk.service("--price", "15000", credits_hundredths=100), MORNING + hours(2))
    booked = desk.book(desk.member(), session, "--pay", "cash")
    equal(booked["status"], "confirmed", "status")
    unpriced = desk.session(desk.service(credits_hundredths=100), MORNING + hours(2))
    answer = desk("book", "--member", desk.member(), "--session", unpriced, "--pay", "cash")
    check(answer.status != 0, f"no drop-in sale without a price\n{answer}")


@test("service_inactive: what is not offered any more is not scheduled")
def _(context):
    desk = context.studio()
    service = desk.service()
    desk.ok("service", "edit", service, "--active", "no")
    desk.refused("service_inactive", "session", "add", "--service", service, "--start", rfc3339(MORNING + hours(2)))


@test("instructor_busy and room_busy: nobody and no room is taken twice at once")
def _(context):
    desk = context.studio()
    instructor = desk.staff("instructor")["staff"]
    room = desk.ok("room", "add", "--name", desk.name("Studio"))["id"]
    service = desk.service(duration=60)
    start = MORNING + days(20)
    desk.session(service, start, "--instructor", instructor, "--room", room)
    overlap = ["session", "add", "--service", service, "--start", rfc3339(start + minutes(59))]
    desk.refused("instructor_busy", *overlap, "--instructor", instructor)
    desk.refused("room_busy", *overlap, "--room", room)
    desk.session(service, start + hours(1), "--instructor", instructor, "--room", room)


@test("undo takes a check-in back, with a reason, once")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + minutes(20))
    booking = desk.book(desk.member(), session)["id"]
    answer = desk("undo", booking, "--reason", "wrong person")
    check(answer.code in ("not_checked_in", "not_undoable", "wrong_state"), f"nobody is in\n{answer}")
    desk.ok("checkin", "--booking", booking)
    desk.refused("reason_required", "undo", booking, "--reason", " ")
    equal(desk.ok("undo", booking, "--reason", "wrong person")["status"], "confirmed", "status")
    equal([row["status"] for row in desk.items("roster", session)], ["confirmed"], "roster")
    desk.ok("checkin", "--booking", booking)
    desk.verified()


@test("not_allowed: a restricted member is sent to the desk, where staff book")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2))
    member = desk.member("--permission", "restricted")
    desk.book(member, session, **desk.staff("receptionist"))


if __name__ == "__main__":
    sys.exit(main("booking"))
