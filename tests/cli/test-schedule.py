#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schedule: rules of RFC 5545, changes of what follows, states, the catalogue, and what is out of range."""
import sys

from contract import MORNING, OWNER_PIN, UUID, check, days, equal, hours, main, minutes, rfc3339, test

NEW_YORK = "America/New_York"


def studio_in(context, zone):
    """A studio whose one location is in that zone, with a free class of an hour; gives both."""
    desk = context.desk()
    desk.ok("init", "--org", "O", "--location", "L", "--timezone", zone, "--owner", "N D", "--pin", OWNER_PIN)
    return desk, desk.service()


def add(desk, service, start, rule, *words, **options):
    """Sessions by a rule; gives the answer."""
    return desk.ok("session", "add", "--service", service, "--start", start, "--rrule", rule, *words, **options)


def dates(answer):
    """The local dates of an answer's sessions, "09-02 09-04"; they are in order and start at one time of the day."""
    starts = answer["starts"]
    equal(len(starts), len(answer["ids"]), "starts and ids")
    equal(starts, sorted(starts), "the order")
    equal(len({start[11:19] for start in starts}), 1, "one time of the day")
    return " ".join(start[5:10] for start in starts)


@test("rules of the RFC mean what its examples say")
def _(context):
    desk, service = studio_in(context, NEW_YORK)
    for start, rule, wanted in (
        ("1997-09-02", "FREQ=WEEKLY;COUNT=10", "09-02 09-09 09-16 09-23 09-30 10-07 10-14 10-21 10-28 11-04"),
        ("1997-09-02", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
         "09-02 09-04 09-09 09-11 09-16 09-18 09-23 09-25 09-30 10-02"),
        ("1997-09-05", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "09-05 10-03 11-07 12-05"),
        ("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "09-22 10-20 11-17 12-22 01-19 02-16"),
        ("1997-09-30", "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", "09-30 10-01 10-31 11-01"),
        ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "09-04 10-07 11-06"),
        ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "08-05 08-10 08-19 08-24"),
        ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "08-05 08-17 08-19 08-31"),
        ("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "05-12 05-11 05-17"),
        ("2007-01-15", "rrule:freq=monthly;bymonthday=15,30;count=5", "01-15 01-30 02-15 03-15 03-30"),
    ):
        equal(dates(add(desk, service, start + "T09:00:00", rule)), wanted, rule)


@test("a class stays at its hour when clocks change")
def _(context):
    for number, (zone, start, count, offsets) in enumerate((
        ("Europe/London", "2026-03-23T07:00:00", 2, ["+00:00", "+01:00"]),
        ("Europe/London", "2026-10-19T07:00:00", 2, ["+01:00", "+00:00"]),
        (NEW_YORK, "2026-03-02T07:00:00", 2, ["-05:00", "-04:00"]),
        (NEW_YORK, "1997-10-20T07:00:00", 2, ["-04:00", "-05:00"]),
        ("Africa/Johannesburg", "2026-03-23T07:00:00", 2, ["+02:00", "+02:00"]),
    )):
        desk = context.desk(f"studio-{number}")
        desk.ok("init", "--org", "O", "--location", "L", "--timezone", zone, "--owner", "N", "--pin", OWNER_PIN)
        answer = add(desk, desk.service(), start, f"FREQ=WEEKLY;COUNT={count}")
        equal([each[11:] for each in answer["starts"]], ["07:00:00" + offset for offset in offsets], zone)


@test("a start in the hour that clocks leave out or repeat is one start")
def _(context):
    desk, service = studio_in(context, "Europe/London")
    spring = add(desk, service, "2026-03-28T01:30:00", "FREQ=DAILY;COUNT=3")
    equal(spring["starts"],
          ["2026-03-28T01:30:00+00:00", "2026-03-29T02:30:00+01:00", "2026-03-30T01:30:00+01:00"], "spring")
    autumn = add(desk, service, "2026-10-24T01:30:00", "FREQ=DAILY;COUNT=3")
    equal(autumn["starts"],
          ["2026-10-24T01:30:00+01:00", "2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00+00:00"], "autumn")


@test("month ends, leap day, year change and midnight")
def _(context):
    desk = context.studio()
    service = desk.service()
    equal(dates(add(desk, service, "2026-01-31T09:00:00", "FREQ=MONTHLY;COUNT=3")), "01-31 03-31 05-31", "31st")
    equal(dates(add(desk, service, "2024-02-29T09:00:00", "FREQ=YEARLY;COUNT=2")), "02-29 02-29", "leap day")
    equal(dates(add(desk, service, "2027-12-31T09:00:00", "FREQ=DAILY;COUNT=2")), "12-31 01-01", "year")
    late = add(desk, desk.service(duration=90), "2026-05-01T23:15:00", "FREQ=DAILY;COUNT=2")
    shown = desk.ok("session", "show", late["ids"][1])
    equal((shown["start"], shown["end"]), ("2026-05-02T23:15:00+02:00", "2026-05-03T00:45:00+02:00"), "over midnight")
    listed = desk.items("session", "list", "--from", "2026-05-02T00:00:00", "--to", "2026-05-03T00:00:00")
    check(late["ids"][1] in [each["id"] for each in listed], "it is listed on the day on which it starts")


@test("exceptions by option and by EXDATE, further dates by RDATE")
def _(context):
    desk = context.studio()
    service, start, rule = desk.service(), "2026-03-09T07:00:00", "FREQ=DAILY;COUNT=5"
    first = add(desk, service, start, rule, "--except", "2026-03-10", "--except", "20260312T070000")
    equal(dates(first), "03-09 03-11 03-13", "by option")
    moment = add(desk, service, start, rule, "--except", "2026-03-10T07:00:00+02:00", "--except", "2026-03-11T08:00")
    equal(dates(moment), "03-09 03-11 03-12 03-13", "a moment that is no occurrence takes nothing out")
    lines = f"RRULE:{rule}\nEXDATE;TZID=Africa/Johannesburg:20260309T070000,20260310T070000\nRDATE;VALUE=DATE:20260320"
    equal(dates(add(desk, service, start, lines)), "03-11 03-12 03-13 03-20", "by lines")
    until = add(desk, service, start, "FREQ=DAILY", "--until", "2026-03-11T07:00:00")
    equal(dates(until), "03-09 03-10 03-11", "until, included")
    equal(dates(add(desk, service, "2026-03-10T07:00:00", "FREQ=WEEKLY;BYDAY=MO;COUNT=2")), "03-16 03-23",
          "a start that does not match is none")


@test("bad_input: a rule that is none, never ends, or is too long")
def _(context):
    desk = context.studio()
    service = desk.service()
    before = len(desk.items("session", "list"))
    for rule in ("", "weekly", "FREQ=HOURLY;COUNT=2", "FREQ=DAILY", "FREQ=DAILY;COUNT=521", "FREQ=DAILY;COUNT=0",
                 "FREQ=DAILY;COUNT=2;INTERVAL=0", "FREQ=DAILY;COUNT=2;COUNT=3", "FREQ=DAILY;COUNT=2;UNTIL=20300101",
                 "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "FREQ=WEEKLY;BYDAY=2MO;COUNT=2", "FREQ=DAILY;UNTIL=20260231",
                 "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "FREQ=DAILY;COUNT=2\nEXDATE:never",
                 "FREQ=DAILY;COUNT=2;BYHOUR=9", "FREQ=DAILY;COUNT=2\nDTSTART:20260302", "X" * 9000, "FREQ=D\u00e4ILY"):
        answer = desk.refused("bad_input", "session", "add", "--service", service, "--start", "2026-03-09T07:00:00",
                              "--rrule", rule)
        check(answer["error"]["reason"].startswith("rrule: "), f"the place: {answer}")
    for words in (("--except", "2026-02-31"), ("--except", ""), ("--except", "x y")):
        desk.refused("bad_input", "session", "add", "--service", service, "--start", "2026-03-09T07:00:00", "--rrule",
                     "FREQ=DAILY;COUNT=2", *words)
    desk.refused("bad_input", "session", "add", "--service", service, "--start", "2026-03-09T07:00:00", "--except",
                 "2026-03-10")
    equal(len(desk.items("session", "list")), before, "sessions")


@test("a rule with a key adds its sessions once")
def _(context):
    desk = context.studio()
    service = desk.service()
    words = ("session", "add", "--service", service, "--start", "2026-04-06T07:00:00", "--rrule", "FREQ=DAILY;COUNT=3")
    first = desk.ok(*words, key="a-rule")
    equal(desk.ok(*words, key="a-rule")["ids"], first["ids"], "the same sessions")
    check(UUID.match(first["rule"]), "rule")
    equal([each["id"] for each in desk.items("session", "list", "--rule", first["rule"])], first["ids"], "of the rule")
    room = desk.ok("room", "add", "--name", "Studio 9")["id"]
    desk.session(service, MORNING + days(9), "--room", room)
    before = len(desk.items("session", "list"))
    words = ("session", "add", "--service", service, "--start", rfc3339(MORNING + days(8)), "--room", room, "--rrule",
             "FREQ=DAILY;COUNT=3")
    desk.refused("room_busy", *words, key="busy")
    desk.refused("room_busy", *words, key="busy")
    equal(len(desk.items("session", "list")), before, "none is added when one is refused")


@test("this and following move to one hour, and what was edited by hand stays")
def _(context):
    desk, service = studio_in(context, "Europe/London")
    ids = add(desk, service, "2026-03-16T07:00:00", "FREQ=WEEKLY;COUNT=4")["ids"]
    desk.ok("session", "edit", ids[2], "--start", "2026-03-30T09:00:00")
    changed = desk.ok("session", "edit", ids[1], "--following", "--start", "2026-03-23T07:30:00", "--notes", "towel")
    equal(changed["ids"], ids[1:], "changed")
    shown = [desk.ok("session", "show", each) for each in ids]
    equal([each["start"][11:] for each in shown],
          ["07:00:00+00:00", "07:30:00+00:00", "09:00:00+01:00", "07:30:00+01:00"], "starts")
    equal([each["notes"] for each in shown], [None, "towel", "towel", "towel"], "notes")
    desk.now = MORNING + days(22)  # between the second and the third
    desk.refused("wrong_state", "session", "edit", ids[0], "--following", "--notes", "late")
    cancelled = desk.ok("session", "cancel", ids[2], "--following", "--reason", "summer")
    equal(cancelled["ids"], ids[2:], "cancelled")
    equal([desk.ok("session", "show", each)["state"] for each in ids],
          ["completed", "completed", "cancelled", "cancelled"], "states")
    desk.refused("session_cancelled", "session", "cancel", ids[3], "--following")
    alone = desk.session(service, MORNING + days(60))
    desk.refused("bad_input", "session", "edit", alone, "--following", "--notes", "x")
    desk.verified()


@test("a moved session names the members who are booked elsewhere")
def _(context):
    desk = context.studio()
    member, one, other = desk.member(), desk.free_class(MORNING + hours(2)), desk.free_class(MORNING + hours(4))
    booking, second = desk.book(member, one)["id"], desk.book(member, other)["id"]
    equal(desk.ok("session", "edit", one, "--notes", "x")["clashes"], [], "clashes")
    moved = desk.ok("session", "edit", one, "--start", rfc3339(MORNING + hours(4) + minutes(30)))
    equal(moved["clashes"],
          [{"booking": booking, "member": member, "other_booking": second, "other_session": other}], "clashes")
    equal(desk.ok("booking", "show", booking)["status"], "confirmed", "status")


@test("wrong_state: what does not fit the session's state")
def _(context):
    desk = context.studio()
    draft = desk.free_class(MORNING + hours(2), "--draft")
    equal(desk.ok("session", "show", draft)["state"], "draft", "state")
    desk.refused("session_not_open", "book", "--member", desk.member(), "--session", draft)
    desk.refused("wrong_state", "session", "complete", draft)
    equal(desk.ok("session", "publish", draft)["state"], "published", "state")
    desk.refused("wrong_state", "session", "complete", draft)
    during, after = MORNING + hours(2) + minutes(30), MORNING + hours(4)
    equal(desk.ok("session", "show", draft, at=during)["state"], "in_progress", "state")
    equal(desk.ok("session", "complete", draft, at=during)["state"], "completed", "state")
    for words in (("edit", draft, "--notes", "x"), ("capacity", draft, 3), ("cancel", draft)):
        desk.refused("wrong_state", "session", *words, at=after)
    late = desk.free_class(MORNING + hours(3), "--draft")
    desk.refused("wrong_state", "session", "publish", late, at=MORNING + hours(9))
    gone = desk.free_class(MORNING + hours(3))
    desk.ok("session", "cancel", gone)
    for words in (("edit", gone, "--notes", "x"), ("capacity", gone, 3), ("cancel", gone), ("publish", gone),
                  ("complete", gone)):
        desk.refused("session_cancelled", "session", *words)


@test("cancelling a session gives everything back and ends its holds")
def _(context):
    desk = context.studio()
    member, holder = desk.member(), desk.member()
    session = desk.session(desk.service(credits_hundredths=200), MORNING + hours(2))
    desk.credited(member, 500)
    desk.book(member, session)
    hold = desk.ok("hold", "--member", holder, "--session", session)["id"]
    equal(desk.balance(member), 300, "balance")
    equal(desk.ok("session", "cancel", session, "--reason", "burst pipe")["released"], 2, "released")
    equal(desk.balance(member), 500, "balance")
    desk.refused("session_cancelled", "confirm", hold)
    equal(desk.ok("session", "show", session)["confirmed"], 0, "confirmed")


@test("a service keeps every field, and each has its limits")
def _(context):
    desk = context.new_studio()
    coach = desk.staff("instructor")["staff"]
    place = desk.ok("location", "add", "--name", "Obs", "--hours", "Mon-Fri 05:00-21:00")["id"]
    service = desk.service("--price", 15000, "--member-price", 12000, "--peak-price", 18000, "--equipment", "mat",
                           "--instructor", coach, "--location", place, "--parq", "yes", "--reserve", 2, "--colour",
                           "#1a7f64", "--description", "Slow", "--difficulty", "beginner", "--mode", "staff")
    shown = desk.ok("service", "show", service)
    wanted = {"price": 15000, "member_price": 12000, "peak_price": 18000, "equipment": "mat", "instructor": coach,
              "locations": [place], "parq": True, "reserve": 2, "colour": "#1a7f64", "description": "Slow",
              "difficulty": "beginner", "mode": "staff", "active": True}
    equal({key: shown[key] for key in wanted}, wanted, "service")
    equal(desk.items("service", "list"), [shown], "list")
    session = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:00:00", "--location", place)
    equal(session["instructor"], coach, "the service's instructor")
    desk.refused("instructor_busy", "session", "add", "--service", service, "--start", "2026-03-02T09:30:00",
                 "--location", place)
    nobody = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:30:00", "--location", place,
                     "--instructor", "")
    equal(nobody["instructor"], None, "nobody")
    desk.refused("bad_input", "session", "add", "--service", service, "--start", "2026-03-02T11:00:00")
    edited = desk.ok("service", "edit", service, "--everywhere", "--instructor", "", "--no-member-price",
                     "--no-peak-price", "--no-price", "--parq", "no", "--equipment", "")
    cleared = ("locations", "instructor", "member_price", "peak_price", "price", "equipment")
    equal([edited[key] for key in cleared], [None] * len(cleared), "cleared")
    equal(edited["parq"], False, "parq")
    desk.ok("session", "add", "--service", service, "--start", "2026-03-02T11:00:00")
    desk.ok("service", "edit", service, "--active", "no")
    desk.refused("service_inactive", "session", "add", "--service", service, "--start", "2026-03-02T13:00:00")
    for words in (("--duration", 0), ("--duration", 1441), ("--capacity", 0), ("--capacity", 10001), ("--credits", -1),
                  ("--price", -1), ("--member-price", -1), ("--peak-price", 100000001), ("--reserve", -1),
                  ("--colour", "red"), ("--mode", "anybody"), ("--difficulty", "hard"), ("--parq", "maybe"),
                  ("--name", ""), ("--equipment", "x" * 401), ("--everywhere", "--location", place)):
        desk.refused("bad_input", "service", "edit", service, *words)
    desk.refused("not_found", "service", "edit", service, "--instructor", place)
    desk.refused("not_found", "service", "edit", service, "--location", coach)


@test("bad_input: times and capacities that are out of range")
def _(context):
    desk = context.studio()
    service = desk.service()
    for words in (("--start", "1989-12-31T23:59:59Z"), ("--start", "2100-01-01T00:00:00Z"), ("--start", "24:00"),
                  ("--start", "2026-03-02T09:00:00", "--capacity", -1),
                  ("--start", "2026-03-02T09:00:00", "--capacity", 10001),
                  ("--start", "2026-03-02T09:00:00", "--notes", "x" * 1001),
                  ("--start", "2026-03-02T09:00:00", "--until", "2026-03-09T09:00:00")):
        desk.refused("bad_input", "session", "add", "--service", service, *words)
    session = desk.session(service, MORNING + days(20))
    desk.refused("bad_input", "session", "capacity", session, 10001)
    desk.refused("bad_input", "session", "edit", session, "--start", "2100-01-01T00:00:00Z")
    desk.refused("bad_input", "session", "edit", session, "--service", service)
    equal(desk.ok("session", "edit", session, "--capacity", 0)["capacity"], 0, "an empty room is a capacity")
    desk.refused("bad_input", "session", "list", "--rule", "none")


@test("rooms and locations are changed, and a room goes out of use")
def _(context):
    desk = context.new_studio()
    service, room = desk.service(), desk.ok("room", "add", "--name", "Blue")["id"]
    equal(desk.ok("room", "edit", room, "--name", "Red")["name"], "Red", "name")
    equal(desk.ok("room", "edit", room, "--active", "no")["active"], False, "active")
    desk.refused("bad_input", "session", "add", "--service", service, "--start", "2026-03-02T09:00:00", "--room", room)
    desk.ok("room", "edit", room, "--active", "yes")
    desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:00:00", "--room", room)
    desk.refused("bad_input", "room", "edit", room, "--name", "")
    desk.refused("bad_input", "room", "edit", room, "--active", "perhaps")
    here = desk.items("location", "list")[0]["id"]
    edited = desk.ok("location", "edit", here, "--hours", "always", "--address", "1 Beach Rd")
    equal((edited["hours"], edited["address"]), ("always", "1 Beach Rd"), "location")
    equal(desk.ok("location", "edit", here, "--hours", "")["hours"], None, "hours")
    desk.refused("bad_input", "location", "edit", here, "--hours", "whenever")
    desk.refused("bad_input", "location", "add", "--name", "X", "--timezone", "Mars/Olympus")


@test("a time without offset is local to the session's place")
def _(context):
    desk = context.new_studio()
    place = desk.ok("location", "add", "--name", "London", "--timezone", "Europe/London")["id"]
    service = desk.service()
    made = desk.ok("session", "add", "--service", service, "--start", "2026-03-02T09:00:00", "--location", place)
    equal(made["start"], "2026-03-02T09:00:00+00:00", "start")
    moved = desk.ok("session", "edit", made["id"], "--start", "2026-04-02T10:00:00")
    equal(moved["start"], "2026-04-02T10:00:00+01:00", "start")
    words = ("--until", "2026-03-03T12:00:00", "--location", place)
    rule = add(desk, service, "2026-03-02T12:00:00", "FREQ=DAILY", *words)
    equal(len(rule["ids"]), 2, "the end, included, is that place's too")


if __name__ == "__main__":
    sys.exit(main("schedule"))
