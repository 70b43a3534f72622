#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What members are to be told: derived from what happened, each once, the same on every device."""
import json
import os
import sys

from contract import MORNING, UUID, check, days, equal, hours, main, minutes, rfc3339, test

CLASS = MORNING + days(2)


# Everybody is welcomed, and thanked for what they pay: apart from the rest, which is about bookings.
ASIDE = ("welcome", "payment_receipt")


def told(desk, *words, **options):
    return [item for item in desk.items("notifications", *words, **options) if item["kind"] not in ASIDE]


def kinds(desk, *words, **options):
    return [item["kind"] for item in told(desk, *words, **options)]


@test("a booking, its reminders and its cancellation are listed with what they are about")
def _(context):
    desk = context.new_studio("studio-1")
    member = desk.member()
    booking = desk.book(member, desk.free_class(CLASS))["id"]
    item = told(desk)[0]
    for name in ("id", "member", "subject"):
        check(UUID.match(item[name]), f"{name} is an id: {item[name]}")
    equal((item["kind"], item["member"], item["subject"]), ("booking_confirmed", member, booking), "the item")
    equal(item["marketing"], False, "marketing")
    ahead = told(desk, "--from", rfc3339(CLASS - days(1)), "--to", rfc3339(CLASS))
    equal([(one["kind"], one["due"][:19]) for one in ahead],
          [("reminder_24h", "2026-03-03T06:00:00"), ("reminder_1h", "2026-03-04T05:00:00")], "reminders")
    desk.ok("cancel", booking, at=MORNING + hours(1))
    equal(kinds(desk, at=MORNING + hours(1)), ["booking_confirmed", "booking_cancelled"], "afterwards")
    equal(kinds(desk, "--from", rfc3339(CLASS - days(1)), "--to", rfc3339(CLASS)), [], "nobody is reminded")


@test("asking again, or running what is due, gives the same ids")
def _(context):
    desk = context.new_studio("studio-2")
    desk.book(desk.member(), desk.free_class(MORNING + hours(1)))
    late = MORNING + hours(2)
    first = told(desk, at=late)
    equal([item["kind"] for item in first], ["booking_confirmed", "no_show"], "kinds")
    desk.ok("run-due", at=late)
    equal(told(desk, at=late), first, "afterwards")


@test("cancelling a session says how many people it concerns, and tells each of them once")
def _(context):
    desk = context.new_studio("studio-3")
    session = desk.free_class(CLASS, capacity=2)
    names = ("Booked", "Held", "Waits", "Gone", "Nobody")
    booked, held, waiting, gone, _ = (desk.member(first=name) for name in names)
    booking = desk.book(gone, session)["id"]
    desk.ok("cancel", booking)
    desk.book(booked, session)
    desk.ok("hold", "--member", held, "--session", session)
    desk.book(waiting, session, "--waitlist")
    answer = desk.ok("session", "cancel", session, "--reason", "the boiler", at=MORNING + minutes(1))
    equal(answer["notified"], 3, "people")
    items = told(desk, at=MORNING + minutes(2))
    items = [item for item in items if item["kind"] == "session_cancelled"]
    equal({item["member"] for item in items}, {booked, held, waiting}, "who is told")
    equal(len(items), 3, "once each")
    equal({item["subject"] for item in items}, {session}, "about what")


@test("a member asks for their own only, and one member's can be picked")
def _(context):
    desk = context.new_studio("studio-4")
    one, other = desk.member(first="One"), desk.member(first="Other")
    session = desk.free_class(CLASS)
    desk.book(one, session)
    desk.book(other, session)
    equal([item["member"] for item in told(desk, "--member", other)], [other], "picked")
    desk.refused("not_allowed", "notifications", **desk.staff("instructor"))


@test("low credits are marketing, and told to nobody who has not agreed to it")
def _(context):
    desk = context.new_studio("studio-5")
    session = desk.session(desk.service(credits_hundredths=100), CLASS)
    agreed = desk.member("--marketing", "yes", "--channel", "sms", first="Agreed")
    refused = desk.member(first="Refused")
    for member in (agreed, refused):
        desk.credited(member, 150, valid_days=60)
        desk.book(member, session)
    low = [item for item in told(desk) if item["kind"] == "credits_low"]
    equal([(item["member"], item["marketing"], item["channel"]) for item in low], [(agreed, True, "sms")], "who")


@test("a window that ends before it begins, or is too long, is bad input")
def _(context):
    desk = context.new_studio("studio-6")
    desk.refused("bad_input", "notifications", "--from", rfc3339(CLASS), "--to", rfc3339(MORNING))
    desk.refused("bad_input", "notifications", "--from", rfc3339(MORNING - days(100)), "--to", rfc3339(MORNING))
    desk.refused("bad_input", "notifications", "--from", "tomorrow")
    desk.refused("not_found", "notifications", "--member", "01234567")


@test("a program sends each message once, and says by its exit status what became of it")
def _(context):
    desk = context.new_studio("studio-7")
    post, sent = desk.path("post"), desk.path("sent")
    with open(post, "w", encoding="utf-8") as script:
        script.write(f"#!/bin/sh\ncat >> {sent}\necho >> {sent}\nexit ${{POST:-0}}\n")
    os.chmod(post, 0o755)
    member = desk.ok("member", "add", "--first", "Thandi", "--last", "Dube", "--phone", "082 555 0101", "--email",
                     "t@example.org", "--language", "zu")["id"]
    desk.book(member, desk.free_class(CLASS))
    equal(desk.ok("notifications", "send", "--command", post, env={"POST": "75"})["later"], 2, "later")
    later = MORNING + minutes(2)
    counts = desk.ok("notifications", "send", "--command", post, at=later)
    equal(counts, {"sent": 2, "later": 0, "given_up": 0, "unreachable": 0}, "counts")
    equal(desk.ok("notifications", "send", "--command", post, at=later)["sent"], 0, "once")
    with open(sent, encoding="utf-8") as lines:
        messages = [json.loads(line) for line in lines]
    last = [one for one in messages if one["kind"] == "booking_confirmed"][-1]
    equal((last["to"], last["channel"], last["language"], last["member"]), ("+27825550101", "whatsapp", "zu", member),
          "message")
    check("Sawubona Thandi" in last["text"] and last["code"], f"words and code: {last}")
    equal(len({one["id"] for one in messages}), 2, "ids stay the same at every try")
    equal(desk.items("notifications", "--unsent", at=later), [], "unsent")
    item = [one for one in desk.items("notifications", at=later) if one["kind"] == "booking_confirmed"][0]
    equal((item["outcome"], item["sent_by"]), ("sent", "whatsapp"), "item")
    equal(desk.ok("notifications", "send", "--command", desk.path("nothing"), at=later)["later"], 0, "nothing to do")
    desk.refused("not_allowed", "notifications", "send", "--command", post, **desk.staff("instructor"))
    desk.refused("bad_input", "notifications", "send", "--command", post, "--channel", "fax")
    other = desk.member(first="Other", at=later)
    welcome = desk.items("notifications", "--member", other, at=later)[0]["id"]
    equal(desk.ok("notifications", "sent", welcome, "--channel", "email", at=later)["noted"], 1, "noted")
    desk.refused("not_found", "notifications", "sent", "01234567-0123-8123-8123-0123456789ab")
    desk.refused("bad_input", "notifications", "sent", "01234567")


@test("a studio has words of its own, and is told what they lack; members say what they do not want")
def _(context):
    desk = context.new_studio("studio-8")
    words = ("notification", "template", "set", "reminder_1h", "--language", "en")
    wrong = desk.refused("bad_input", *words, "--text", "{class} {colour}")
    check("{colour}" in wrong["error"]["reason"], f"names it: {wrong}")
    wrong = desk.refused("bad_input", *words, "--text", "soon")
    check("{class}, {time}" in wrong["error"]["reason"], f"names them: {wrong}")
    own = desk.ok(*words, "--text", "{class} at {time}, {first}")
    equal((own["text"], own["own"], own["channel"]), ("{class} at {time}, {first}", True, None), "own")
    equal(desk.ok("notification", "template", "show", "reminder_1h", "--language", "af")["own"], False, "standard")
    check(len(desk.items("notification", "template", "list")) >= 100, "all of them")
    desk.refused("bad_input", "notification", "template", "show", "birthday", "--language", "en")
    desk.refused("bad_input", "notification", "template", "show", "welcome", "--language", "fr")
    desk.refused("not_allowed", *words, "--text", "{class} {time}", **desk.staff("receptionist"))
    member = desk.member()
    equal(desk.ok("notification", "opt-out", member, "--no", "sms", "--no", "welcome")["no"], ["sms", "welcome"], "no")
    equal(desk.items("notifications", "--member", member), [], "not welcomed")
    equal(desk.ok("notification", "opt-out", member, "--yes", "sms")["no"], ["welcome"], "again")
    desk.refused("bad_input", "notification", "opt-out", member, "--no", "pigeon")


if __name__ == "__main__":
    sys.exit(main("notifications"))
