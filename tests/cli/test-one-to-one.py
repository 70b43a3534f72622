#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One-to-one sessions: free times, requests, standing bookings."""
import sys
from concurrent.futures import ThreadPoolExecutor

from contract import MORNING, days, equal, hours, main, minutes, rfc3339, test

NINE = MORNING + hours(3)


def lesson(desk, *words, credits_hundredths=0, mode="mixed", duration=60):
    return desk.service(
        "--mode", mode, *words, credits_hundredths=credits_hundredths, capacity=1, duration=duration, kind="one_to_one"
    )


def tutor(desk, *words, weekday="mon", begin="09:00", end="12:00"):
    """An instructor with a block; gives the options with which a command acts as them."""
    staff = desk.staff("instructor")
    desk.ok(
        "availability",
        "add",
        "--instructor",
        staff["staff"],
        "--weekday",
        weekday,
        "--from",
        begin,
        "--to",
        end,
        *words,
    )
    return staff


def starts(desk, service, date="2026-03-02", *words, **options):
    items = desk.items("slots", "--service", service, "--date", date, *words, **options)
    return [item["start"][11:16] for item in items]


def slot(service, staff, start, member):
    return [
        "slot",
        "book",
        "--service",
        service,
        "--instructor",
        staff["staff"],
        "--start",
        rfc3339(start),
        "--member",
        member,
    ]


def request(desk, service, staff, member, *moments, **options):
    times = [word for moment in moments for word in ("--time", rfc3339(moment))]
    return desk.ok(
        "request",
        "add",
        "--member",
        member,
        "--instructor",
        staff["staff"],
        "--service",
        service,
        *times,
        **options,
    )


@test("an instructor's block is listed and cut into free times")
def _(context):
    desk = context.studio()
    service, staff = lesson(desk), tutor(desk, "--valid-from", "2026-03-01", "--valid-until", "2026-12-31")
    block = desk.items("availability", "list", "--instructor", staff["staff"])[0]
    for key, wanted in {
        "weekday": "mon",
        "from": "09:00",
        "to": "12:00",
        "bookable": True,
        "valid_from": "2026-03-01",
        "valid_until": "2026-12-31",
    }.items():
        equal(block[key], wanted, key)
    only = ("--instructor", staff["staff"])
    equal(starts(desk, service, "2026-03-02", *only), ["09:00", "09:30", "10:00", "10:30", "11:00"])
    equal(starts(desk, service, "2026-03-03", *only), [])
    desk.ok("availability", "remove", block["id"])
    equal(starts(desk, service, "2026-03-02", *only), [])


@test("wrong words, days and hours of a block are said")
def _(context):
    desk = context.studio()
    staff = desk.staff("instructor")["staff"]
    good = {"--weekday": "mon", "--from": "09:00", "--to": "10:00"}
    for option, value in (
        ("--weekday", "someday"),
        ("--weekday", ""),
        ("--from", "9:00"),
        ("--from", "10:00"),
        ("--from", "10:30"),
        ("--to", "24:01"),
        ("--to", "08:60"),
    ):
        words = [word for pair in {**good, option: value}.items() for word in pair]
        desk.refused("bad_input", "availability", "add", "--instructor", staff, *words)
    words = [word for pair in good.items() for word in pair]
    for option, value in (("--valid-from", "2026-02-29"), ("--valid-until", "tomorrow")):
        desk.refused("bad_input", "availability", "add", "--instructor", staff, *words, option, value)
    desk.refused("bad_input", "availability", "add", *words)
    desk.refused("not_found", "availability", "add", "--instructor", "01234567", *words)
    desk.ok("availability", "add", "--instructor", staff, *words)
    desk.refused("bad_input", "availability", "add", "--instructor", staff, *words)
    desk.refused("not_found", "availability", "remove", "01234567")
    service = lesson(desk)
    for date in ("2026-13-01", "2026-02-30", "today"):
        desk.refused("bad_input", "slots", "--service", service, "--date", date)
    desk.refused("bad_input", "slots", "--service", desk.service(), "--date", "2026-03-02")
    desk.ok("service", "edit", service, "--active", "no")
    desk.refused("service_inactive", "slots", "--service", service, "--date", "2026-03-02")


@test("instructors keep their own hours and nobody else's")
def _(context):
    desk = context.studio()
    one, other = desk.staff("instructor"), desk.staff("instructor")
    hours_of = ["--weekday", "tue", "--from", "09:00", "--to", "10:00"]
    block = desk.ok("availability", "add", *hours_of, **one)["id"]
    equal(len(desk.items("availability", "list", "--instructor", one["staff"])), 1, "blocks of whoever acts")
    desk.refused("not_allowed", "availability", "add", "--instructor", one["staff"], *hours_of, **other)
    desk.refused("not_allowed", "availability", "remove", block, **other)
    desk.ok("availability", "remove", block, **one)


@test("a free time is booked with its session, once for a key")
def _(context):
    desk = context.studio()
    service, staff, member = lesson(desk, credits_hundredths=100), tutor(desk), desk.member()
    words = slot(service, staff, NINE, member)
    first = desk("slot", *words[1:], key="slot-1")
    equal((first.status, first.code), (3, "insufficient_credits"))
    equal(desk("slot", *words[1:], key="slot-1").out, first.out, "the kept refusal")
    desk.credited(member, 300)
    made = desk(*words, key="slot-2")
    again = desk(*words, key="slot-2")
    equal(made.out, again.out, "the kept answer")
    equal(made.json["status"], "confirmed")
    session = desk.ok("session", "show", made.json["session"])
    equal((session["capacity"], session["confirmed"], session["instructor"]), (1, 1, staff["staff"]))
    equal(desk.balance(member), 200)
    equal(starts(desk, service, "2026-03-02", "--instructor", staff["staff"]), ["10:00", "10:30", "11:00"])
    desk.refused("key_reused", *slot(service, staff, NINE + hours(2), member), key="slot-2")


@test("outside_availability, instructor_busy and room_busy leave nothing behind")
def _(context):
    desk = context.studio()
    service, staff, member = lesson(desk), tutor(desk), desk.member()
    other = desk.staff("instructor")
    sessions = len(desk.items("session", "list"))
    desk.refused("outside_availability", *slot(service, staff, NINE - minutes(1), member))
    desk.refused("outside_availability", *slot(service, staff, NINE + days(1), member))
    desk.refused("not_allowed", *slot(service, staff, NINE, member), **other)
    desk.refused("bad_input", *slot(desk.service(), staff, NINE, member))
    desk.refused("session_not_open", *slot(service, staff, NINE, member), at=NINE + minutes(1))
    equal(len(desk.items("session", "list")), sessions, "sessions after refusals")
    desk.ok(*slot(service, staff, NINE, member), **staff)
    desk.refused("instructor_busy", *slot(service, staff, NINE + minutes(30), desk.member()))
    desk.refused("member_busy", *slot(service, tutor(desk), NINE + minutes(30), member))
    room = desk.ok("room", "add", "--name", desk.name("Studio"))["id"]
    desk.session(desk.service(), NINE + hours(1), "--room", room)
    desk.refused("room_busy", *slot(service, staff, NINE + hours(1), desk.member()), "--room", room)
    desk.ok(*slot(service, staff, NINE + hours(1), desk.member()))


@test("of two who want one free time at once, one gets it")
def _(context):
    desk = context.studio()
    service, staff = lesson(desk), tutor(desk)
    wanted = [slot(service, staff, NINE, desk.member()) for _number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda words: desk(*words), wanted))
    equal(sorted(answer.code or "ok" for answer in answers), ["instructor_busy"] * 3 + ["ok"])


@test("an accepted time is a booking; the request is answered once")
def _(context):
    desk = context.studio()
    service, staff, member = lesson(desk, credits_hundredths=100, mode="instructor"), desk.staff("instructor"), None
    member = desk.member()
    made = request(desk, service, staff, member, NINE, NINE + days(1))
    equal((made["state"], len(made["times"])), ("open", 2))
    desk.refused("insufficient_credits", "request", "accept", made["id"], "--time", rfc3339(NINE), **staff)
    equal([item["id"] for item in desk.items("request", "list", "--open", "--member", member)], [made["id"]])
    desk.credited(member, 100)
    desk.refused("bad_input", "request", "accept", made["id"], "--time", rfc3339(NINE + hours(1)), **staff)
    desk.refused("bad_input", "request", "accept", made["id"], **staff)
    words = ["request", "accept", made["id"], "--time", rfc3339(NINE)]
    booked = desk(*words, key="accept", **staff)
    equal(booked.json["status"], "confirmed")
    equal(desk(*words, key="accept", **staff).out, booked.out, "the kept answer")
    equal(desk.ok("booking", "show", booked.json["id"])["status"], "confirmed")
    for answer in ("accept", "decline", "withdraw"):
        desk.refused("request_closed", "request", answer, made["id"])
    equal(desk.items("request", "list", "--member", member)[0]["booking"], booked.json["id"])


@test("after two days a request is request_closed and shown to the manager")
def _(context):
    desk = context.studio()
    service, staff, member = lesson(desk, mode="instructor"), desk.staff("instructor"), desk.member()
    made = request(desk, service, staff, member, MORNING + days(4), still=True)
    late = MORNING + hours(48)
    desk.refused("request_closed", "request", "accept", made["id"], at=late, still=True)
    expired = desk.items("request", "list", "--expired", "--member", member, at=late, still=True)
    equal([(item["id"], item["state"]) for item in expired], [(made["id"], "expired")])
    equal(desk.items("request", "list", "--open", "--member", member, at=late, still=True), [])
    words = [item for item in desk.items("attention", at=late) if item["kind"] == "request_expired"]
    equal(len(words), 1, "attention")
    manager = desk.staff("manager")
    desk.ok("attention", "settle", words[0]["id"], "--reason", "rang them", at=late, **manager)
    equal([item for item in desk.items("attention", at=late) if item["kind"] == "request_expired"], [])


@test("a standing booking is made once a week, and what cannot be booked is listed")
def _(context):
    desk = context.new_studio()
    service, member = desk.service(credits_hundredths=100, capacity=1), desk.member()
    standing = [
        "standing",
        "add",
        "--member",
        member,
        "--service",
        service,
        "--weekday",
        "mon",
        "--time",
        "09:00",
        "--until",
        "2026-03-09",
    ]
    made = desk.ok(*standing)["id"]
    desk.refused("already_booked", *standing)

    def next_dates(**options):
        item = desk.items("standing", "list", "--member", member, **options)[0]
        return [(each["start"][:10], each["status"], each["code"]) for each in item["dates"]]

    equal(next_dates(), [("2026-03-02", None, "not_found")])
    desk.session(service, NINE)
    desk.session(service, NINE + days(7))
    equal(next_dates(), [("2026-03-02", None, "insufficient_credits")])
    equal(desk.ok("run-due")["standing"], 0)
    desk.credited(member, 300)
    equal(desk.ok("run-due")["standing"], 1)
    equal(desk.ok("run-due")["standing"], 0)
    equal(next_dates(), [("2026-03-02", "confirmed", None)])
    booking = desk.items("standing", "list")[0]["dates"][0]["booking"]
    desk.ok("cancel", booking)
    equal(desk.ok("run-due")["standing"], 0, "a cancelled one is not made again")
    equal(desk.ok("run-due", at=NINE + hours(1))["standing"], 1)
    item = desk.items("standing", "list")[0]
    for key, wanted in {
        "weekday": "mon",
        "time": "09:00",
        "from": "2026-03-02",
        "until": "2026-03-09",
        "spots": 1,
        "here": True,
    }.items():
        equal(item[key], wanted, key)
    desk.ok("standing", "end", made)
    equal(desk.items("standing", "list"), [])
    equal(len(desk.items("standing", "list", "--all")), 1)
    desk.verified()


@test("wrong words of a standing booking are said")
def _(context):
    desk = context.studio()
    good = {
        "--member": desk.member(),
        "--service": desk.service(),
        "--weekday": "mon",
        "--time": "09:00",
        "--until": "2026-06-30",
    }
    for option, value in (
        ("--weekday", "8"),
        ("--time", "24:00"),
        ("--time", "nine"),
        ("--until", "2026-02-28"),
        ("--until", "2026-02-30"),
        ("--from", "2026-07-01"),
        ("--spots", "0"),
        ("--spots", "33"),
    ):
        words = [word for pair in {**good, option: value}.items() for word in pair]
        desk.refused("bad_input", "standing", "add", *words)
    words = [word for pair in good.items() for word in pair]
    desk.refused("not_allowed", "standing", "add", *words, **desk.staff("finance"))
    desk.refused("not_found", "standing", "end", "01234567")


if __name__ == "__main__":
    sys.exit(main("one-to-one"))
