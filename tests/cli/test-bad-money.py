#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people, scripts and broken machines hand in where money is: amounts, currencies, dates, texts, slips, fonts.
Each has a clear answer, and nothing is half done."""
import os
import sys

from contract import EXIT_INPUT, EXIT_USAGE, MORNING, check, days, equal, main, one_of, rfc3339, test

ABSURD = (-1, -(2**63), 2**50 + 1, 2**63 - 1, 2**63, 10**30, "1.5", "1e3", "R5", "five", "", " ", "0x10", "٥")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{place}/cache</cachedir></fontconfig>
"""


def unchanged(desk, answers, claim):
    """Runs them: all are bad input or wrong words, and the log is as it was."""
    before = desk.ok("state-hash")
    for words in answers:
        answer = desk(*words)
        one_of(answer.status, (EXIT_INPUT, EXIT_USAGE), f"{claim}: {answer}")
        if answer.status == EXIT_INPUT:
            equal(answer.code, "bad_input", claim)
            check(answer.error["message"] and answer.error["hint"], f"words for people: {answer}")
    after = desk.ok("state-hash")
    equal((after["hash"], after["vector"]), (before["hash"], before["vector"]), f"{claim}: state")


@test("bad_input: absurd amounts of sales, payments, vouchers, tills, plans and packages")
def amounts(context):
    desk = context.studio()
    owed = desk.ok("sell", "--item", "Mat", "--price", 5000, "--method", "account")
    plan = ("plan", "add", "--name", desk.name("Plan"), "--kind", "unlimited", "--period", "monthly")
    package = ("package", "add", "--name", desk.name("Ten"), "--credits", 1000, "--days", 30)
    each = (
        ("sell", "--item", "Mat", "--method", "card", "--price"),
        ("sell", "--item", "Mat", "--price", 500, "--method", "card", "--amount"),
        ("sell", "--item", "Mat", "--price", 500, "--method", "cash", "--tendered"),
        ("sell", "--item", "Mat", "--price", 5, "--method", "card", "--quantity"),
        ("sell", "--method", "cash", "--voucher-value"),
        ("pay", owed["sale"], "--method", "card", "--amount"),
        ("pay", owed["sale"], "--method", "cash", "--tendered"),
        ("till", "open", "--float"),
        (*plan, "--price"),
        (*plan, "--price", 100, "--joining"),
        (*package, "--price"),
    )
    unchanged(desk, [(*words, amount) for words in each for amount in ABSURD], "amounts")
    pays = ("cash:-1", "cash:x", "cash:99999999999999999999", "cheque:5", "cash:1.5", ":5", "")
    unchanged(desk, [("sell", "--item", "Mat", "--price", 500, "--pay", pay) for pay in pays], "ways of paying")
    equal(desk.ok("pay", owed["sale"], "--method", "card")["amount"], 5000, "what is due")


@test("refund_over_payment for amounts that are none or too much; bad_input for what is no amount")
def refunds(context):
    desk = context.studio()
    paid = desk.ok("sell", "--item", "Mat", "--price", 5000, "--method", "card")
    before = desk.hash()
    for amount in (0, -1, -5000, 5001, 2**50, 2**62):
        desk.refused("refund_over_payment", "refund", paid["payment"], "--amount", amount, "--reason", "ill")
    for amount in ("x", "1.5", 2**70, "", -(2**63)):
        desk.refused("bad_input", "refund", paid["payment"], "--amount", amount, "--reason", "ill")
    desk.refused("bad_input", "refund", paid["payment"], "--method", "cheque", "--reason", "ill")
    desk.refused("bad_input", "refund", paid["payment"], "--reason", "ill\x07")
    desk.refused("bad_input", "refund", paid["payment"], "--reason", "x" * 501)
    desk.refused("not_found", "refund", "01234567-89ab-8cde-8123-456789abcdef", "--reason", "ill")
    equal(desk.hash(), before, "state")


@test("wrong_currency: nothing in another currency is sold or paid, in whatever way")
def currencies(context):
    desk = context.studio()
    member = desk.member()
    plan = desk.ok("plan", "add", "--name", "All", "--kind", "unlimited", "--period", "monthly", "--price", 90000)["id"]
    package = desk.ok("package", "add", "--name", "Ten", "--credits", 1000, "--price", 500, "--days", 30)["id"]
    owed = desk.ok("sell", "--item", "Mat", "--price", 5000, "--method", "account")
    one = desk.ok("sell", "--plan", plan, "--member", desk.member(), "--method", "cash")["membership"]
    each = (
        ("sell", "--item", "Mat", "--price", 500),
        ("sell", "--voucher-value", 500),
        ("sell", "--package", package, "--member", member),
        ("sell", "--plan", plan, "--member", member),
        ("pay", owed["sale"]),
        ("membership", "pay", one),
    )
    before = desk.hash()
    for words in each:
        for currency in ("USD", "EUR", "usd"):
            told = desk.refused("wrong_currency", *words, "--method", "card", "--currency", currency)["error"]
            equal(told["currency"], "ZAR", "the studio's own")
    equal(desk.hash(), before, "state")
    equal(desk.ok(*each[4], "--method", "card", "--currency", "zar")["due"], 0, "its own, in any case")


@test("possible_duplicate: a slip's number that was used, in each command that takes one")
def slips(context):
    desk = context.studio()
    member, slip = desk.member(), desk.name("slip")
    package = desk.ok("package", "add", "--name", "Ten", "--credits", 1000, "--price", 500, "--days", 30)["id"]
    plan = desk.ok("plan", "add", "--name", "All", "--kind", "unlimited", "--period", "monthly", "--price", 90000)["id"]
    owed = desk.ok("sell", "--item", "Mat", "--price", 5000, "--method", "account")
    one = desk.ok("sell", "--plan", plan, "--member", desk.member(), "--method", "cash")["membership"]
    first = desk.ok("sell", "--item", "Mat", "--price", 500, "--method", "card", "--reference", slip)
    each = (
        ("sell", "--item", "Mat", "--price", 500),
        ("sell", "--voucher-value", 500),
        ("sell", "--package", package, "--member", member),
        ("sell", "--plan", plan, "--member", member),
        ("pay", owed["sale"]),
        ("membership", "pay", one),
    )
    before = desk.hash()
    for words in each:
        told = desk.refused("possible_duplicate", *words, "--method", "card", "--reference", slip)["error"]
        equal((told["payment"], told["reference"]), (first["payment"], slip), "the other one")
    session = desk.session(desk.service("--price", 15000), MORNING + days(3))
    desk.refused("possible_duplicate", "book", "--session", session, "--member", member, "--pay", "card:" + slip)
    equal(desk.items("roster", session), [], "bookings")
    check(desk.hash() != before, "a session was added since")
    for words in each:
        desk.ok(*words, "--method", "card", "--reference", slip, "--anyway")


@test("bad_input: texts that are too long or no texts, where they go with money")
def texts(context):
    desk = context.studio()
    mat = ("sell", "--item", "Mat", "--price", 500, "--method", "card")
    unchanged(
        desk,
        (
            ("sell", "--item", "x" * 121, "--price", 500, "--method", "card"),
            ("sell", "--item", "Mat\x1b[2J", "--price", 500, "--method", "card"),
            ("sell", "--item", b"Mat \xff\xfe", "--price", 500, "--method", "card"),
            (*mat, "--reference", "y" * 121),
            (*mat, "--reference", "00\x0042".replace("\x00", "\x01")),
            ("till", "open", "--float", 0, "--name", "n" * 121),
            ("till", "open", "--float", 0, "--name", "Front\nBack"),
        ),
        "texts",
    )


@test("dates that are out of range are named, and nothing is shown or sold by them")
def dates(context):
    desk = context.studio()
    member = desk.member()
    plan = desk.ok("plan", "add", "--name", "All", "--kind", "unlimited", "--period", "monthly", "--price", 90000)["id"]
    sell = ("sell", "--plan", plan, "--member", member, "--method", "cash", "--from")
    start = ("membership", "start", "--member", member, "--plan", plan)
    wrong = ("0000-01-01T00:00", "1969-12-31T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "2026-03-02T25:00", "soon")
    package = ("package", "add", "--name", "Ten", "--credits", 1000, "--price", 500, "--days")
    unchanged(
        desk,
        (
            *[(*sell, when) for when in (*wrong, rfc3339(MORNING + days(367)), rfc3339(MORNING - days(367)))],
            *[(*start, "--paid-until", when) for when in wrong],
            *[(*package, many) for many in (-1, 10**9, 2**63, "x")],
            *[("report", "revenue", "--from", day) for day in ("2026-02-30", "0000-00-00", "soon", "2026-3-2x")],
            ("report", "revenue", "--from", "2026-03-05", "--to", "2026-03-01"),
            ("report", "cash-up", "--from", "1600-01-01", "--to", "9999-12-31"),
        ),
        "dates",
    )
    equal(desk.items("membership", "show", member), [], "memberships")
    one = desk.ok(*sell, rfc3339(MORNING))["membership"]
    freeze = ("membership", "freeze", one, "--from")
    unchanged(
        desk,
        (
            *[(*freeze, when) for when in wrong],
            (*freeze, rfc3339(MORNING + days(9)), "--until", rfc3339(MORNING + days(2))),
        ),
        "dates of a freeze",
    )


@test("without fonts no receipt, report or export on paper is made, and the answer says which to install")
def fonts(context):
    desk = context.studio()
    sold = desk.ok("sell", "--item", "Mat", "--price", 500, "--method", "cash")
    member = desk.member()
    config = os.path.join(context.place, "fonts.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(FONTS.format(place=context.place))
    paper = os.path.join(context.place, "paper.pdf")
    commands = (
        ("receipt", sold["payment"], "--pdf", paper),
        ("report", "revenue", "--pdf", paper),
        ("member", "export", member, "--pdf", paper),
    )
    for words in commands:
        answer = desk(*words, env={"FONTCONFIG_FILE": config})
        check(answer.status != 0, f"{answer}")
        check("fonts-inter" in answer.error["reason"], f"which fonts: {answer}")
        check(not os.path.exists(paper), "half a file")
    # What needs no paper needs no fonts.
    desk.ok("receipt", sold["payment"], env={"FONTCONFIG_FILE": config})
    desk.ok("sell", "--item", "Mat", "--price", 500, "--method", "cash", env={"FONTCONFIG_FILE": config})
    for words in commands:
        desk.ok(*words)
        check(os.path.getsize(paper) > 1000, "a page")
        os.remove(paper)


@test("bad_input: templates with a placeholder that is not there, or is not closed, in each language")
def templates(context):
    desk = context.studio()
    edit = ("notification", "template", "set", "reminder_1h")
    before = desk.ok("notification", "template", "show", "reminder_1h", "--language", "en")
    for language in ("en", "af", "zu", "xh"):
        words = (*edit, "--language", language, "--text")
        for text in ("{class} {colour}", "soon", "{", "{class", "{}", "{CLASS}", "{{class}}", ""):
            answer = desk(*words, text)
            one_of(answer.code, ("bad_input",), f"{language} {text!r}: {answer}")
    equal(desk.ok("notification", "template", "show", "reminder_1h", "--language", "en"), before, "the words")


if __name__ == "__main__":
    sys.exit(main("bad-money"))
