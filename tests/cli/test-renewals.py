#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that are bought again by themselves, and members who want that no more."""
import csv
import os
import sys

from contract import EXIT_USAGE, MORNING, days, equal, hours, main, test

APRIL = MORNING + days(30) + hours(1)


def package(desk, *words):
    return desk.ok(
        "package", "add", "--name", "Ten", "--credits", "1000", "--price", "90000", "--days", "30", *words
    )["id"]


def sold(desk, member, of, *words, **options):
    return desk.ok("sell", "--package", of, "--member", member, "--method", "cash", *words, **options)


@test("a package is bought again once its credits are over, until the member wants it no more")
def renewed(place):
    desk = place.new_studio()
    member, of = desk.member(), package(desk, "--renews", "yes")
    renewal = sold(desk, member, of, "--collect", "account")["renewal"]
    equal(desk.ok("run-due")["package_renewals"], 0, "renewals on the first day")
    equal(desk.ok("run-due", at=APRIL)["package_renewals"], 1, "renewals")
    equal(desk.ok("run-due", at=APRIL)["package_renewals"], 0, "renewals again")
    equal(desk.ok("credits", member, at=APRIL)["balance"], 1000, "credits")
    told = desk.items("renewal", "list", "--member", member, at=APRIL)[0]
    equal((told["id"], told["status"], told["cycle"], told["due"]), (renewal, "running", 1, 90000), "renewal")
    equal(desk.ok("renewal", "stop", renewal, at=APRIL)["status"], "stopped", "status")
    file = os.path.join(place.place, "renewals.csv")
    equal(desk.ok("export", "renewals", file, at=APRIL)["items"][0]["rows"], 1, "rows")
    with open(file, encoding="utf-8", newline="") as text:
        row = next(csv.DictReader(text))
    equal([row[key] for key in ("id", "status", "collect", "renewed", "due")],
          [renewal, "stopped", "account", "1", "90000"], "exported")
    desk.refused("wrong_state", "renewal", "stop", renewal, at=APRIL)
    equal(desk.items("renewal", "list", at=APRIL), [], "renewals that go on")
    equal(desk.ok("run-due", at=APRIL + days(60))["package_renewals"], 0, "renewals after that")


@test("what is asked for brings its credits when it is paid")
def asked(place):
    desk = place.new_studio()
    member, of = desk.member(), package(desk, "--renews", "yes")
    sale = sold(desk, member, of)
    equal((sale["renewal"], desk.items("renewal", "list")), (None, []), "renewals")
    desk.ok("renewal", "start", sale["sale"], "--collect", "eft")
    desk.ok("run-due", at=APRIL)
    told = desk.items("renewal", "list", at=APRIL)[0]
    equal((told["status"], told["due"]), ("asked", 90000), "renewal")
    equal(desk.ok("credits", member, at=APRIL)["balance"], 0, "credits")
    payment = desk.items("payment", "list", "--member", member, at=APRIL)[0]["id"]
    desk.ok("payment", "settle", payment, "--outcome", "paid", at=APRIL)
    equal(desk.ok("credits", member, at=APRIL)["balance"], 1000, "credits once it is paid")
    equal(desk.items("renewal", "list", at=APRIL)[0]["status"], "running", "status")


@test("nothing in vain: people are told, and the desk takes it")
def unpaid(place):
    desk = place.new_studio()
    member, of = desk.member(), package(desk, "--renews", "yes")
    sold(desk, member, of, "--collect", "card")
    for n, day in enumerate((30, 33, 36, 39), start=1):
        desk.ok("run-due", at=MORNING + days(day) + hours(n))
    late = MORNING + days(40)
    words = sorted(item["kind"] for item in desk.items("attention", at=late))
    equal(words, ["package_unpaid"] + 3 * ["payment_failed"], "attention")
    renewal = desk.items("renewal", "list", at=late)[0]
    equal(renewal["status"], "unpaid", "status")
    desk.ok("pay", renewal["sale"], "--method", "cash", at=late)
    equal(desk.items("attention", at=late), [], "attention after it")
    equal(desk.ok("credits", member, at=late)["balance"], 1000, "credits")


@test("what does not renew, and words that are none")
def refusals(place):
    desk = place.new_studio()
    member, once, of = desk.member(), package(desk), package(desk, "--renews", "yes")
    sell = ("sell", "--member", member, "--method", "cash", "--package")
    desk.refused("wrong_state", *sell, once, "--collect", "account")
    desk.refused("bad_input", *sell, of, "--collect", "cheque")
    equal(desk(*sell, of, "--from", "2026-04-01T00:00").status, EXIT_USAGE, "words that do not go together")
    equal(desk.items("renewal", "list"), [], "renewals")
    sale = sold(desk, member, once)["sale"]
    desk.refused("wrong_state", "renewal", "start", sale, "--collect", "account")
    desk.refused("bad_input", "renewal", "start", sale, "--collect", "desk")
    desk.refused("not_found", "renewal", "stop", "01234567")


if __name__ == "__main__":
    sys.exit(main("renewals"))
