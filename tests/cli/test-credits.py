#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credits: lots, spending, the tiers of cancelling. Everything in hundredths."""
import sys

from contract import MORNING, check, days, equal, hours, main, minutes, parse_time, test

START = MORNING + days(3)


def paid_class(desk, price=100, start=START, capacity=10):
    return desk.session(desk.service(credits_hundredths=price, capacity=capacity), start)


def lots(desk, member, **options):
    return {each["id"]: each["left"] for each in desk.ok("credits", member, **options)["lots"]}


def consistent(desk, member, **options):
    """A balance is the sum of its entries and of its lots, always."""
    told = desk.ok("credits", member, **options)
    equal(sum(entry["amount"] for entry in told["entries"]), told["balance"], "sum of the entries")
    equal(sum(lot["left"] for lot in told["lots"]), told["balance"], "sum of the lots")
    for entry in told["entries"]:
        check({"kind", "amount", "at", "booking"} <= set(entry), f"keys of an entry: {entry}")
        parse_time(entry["at"])
    return told


@test("a package is sold, spent and accounted for")
def _(context):
    desk = context.studio()
    member = desk.member()
    package = desk.ok("package", "add", "--name", desk.name("Ten"), "--credits", 1000, "--price", 95000, "--days", 60)[
        "id"
    ]
    sold = desk.ok("sell", "--member", member, "--package", package, "--method", "card")
    check({"id", "payment", "receipt", "lot"} <= set(sold), f"keys {sold}")
    told = consistent(desk, member)
    equal(told["balance"], 1000, "balance")
    equal([each["id"] for each in told["lots"]], [sold["lot"]], "lots")
    equal(parse_time(told["lots"][0]["expires"]) >= MORNING + days(59), True, "expiry")
    booking = desk.book(member, paid_class(desk, 150))["id"]
    told = consistent(desk, member)
    equal(told["balance"], 850, "balance")
    spends = [each for each in told["entries"] if each["kind"] == "spend"]
    equal([(each["amount"], each["booking"]) for each in spends], [(-150, booking)], "spends")
    equal(desk.ok("member", "show", member)["credits"], 850, "credits of the member")


@test("receipts of a device are numbered without a gap")
def _(context):
    desk = context.new_studio()
    package = desk.ok("package", "add", "--name", "P", "--credits", 100, "--price", 10000, "--days", 30)["id"]
    receipts = [
        desk.ok("sell", "--member", desk.member(), "--package", package, "--method", "cash")["receipt"]
        for _ in range(3)
    ]
    numbers = [int("".join(c for c in str(each) if c.isdigit())[-4:]) for each in receipts]
    equal(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2], "receipt numbers")


@test("insufficient_credits: none, too few, expired")
def _(context):
    desk = context.studio()
    session = paid_class(desk, 100)
    member = desk.member()
    desk.refused("insufficient_credits", "book", "--member", member, "--session", session)
    desk.credited(member, 99)
    desk.refused("insufficient_credits", "book", "--member", member, "--session", session)
    equal(desk.balance(member), 99, "nothing was taken")
    equal(desk.ok("session", "show", session)["free"], 10, "no spot was taken")
    old = desk.member()
    desk.credited(old, 500, valid_days=1)
    desk.refused("insufficient_credits", "book", "--member", old, "--session", session, at=MORNING + days(2))


@test("the lot that expires first is spent first")
def _(context):
    desk = context.studio()
    member = desk.member()
    late = desk.credited(member, 300, valid_days=90)
    soon = desk.credited(member, 120, valid_days=20)
    middle = desk.credited(member, 200, valid_days=40)
    desk.book(member, paid_class(desk, 100))
    equal(lots(desk, member), {late: 300, soon: 20, middle: 200}, "lots after one visit")
    desk.book(member, paid_class(desk, 100, START + hours(2)))
    left = lots(desk, member)
    equal((left.get(soon, 0), left[middle], left[late]), (0, 120, 300), "a spend goes on to the next lot")
    consistent(desk, member)


@test("credits come back to the lot that they came from")
def _(context):
    desk = context.studio()
    member = desk.member()
    late, soon = desk.credited(member, 300, valid_days=90), desk.credited(member, 60, valid_days=20)
    booking = desk.book(member, paid_class(desk, 100))["id"]
    left = lots(desk, member)
    equal((left.get(soon, 0), left[late]), (0, 260), "lots")
    equal(desk.ok("cancel", booking)["refunded"], 100, "refunded")
    equal(lots(desk, member), {late: 300, soon: 60}, "lots")
    consistent(desk, member)


def cancelled_before(desk, price, before, still=True):
    member = desk.member()
    desk.credited(member, price)
    booking = desk.book(member, paid_class(desk, price))["id"]
    equal(desk.balance(member), 0, "balance")
    answer = desk.ok("cancel", booking, at=START - before, still=still)
    equal(desk.balance(member, at=START - before), answer["refunded"], "balance")
    consistent(desk, member, at=START - before)
    return answer["status"], answer["refunded"]


@test("cancelled 24 h before to the second: everything comes back")
def _(context):
    equal(cancelled_before(context.studio(), 100, hours(24)), ("cancelled", 100), "answer")


@test("cancelled a second later than 24 h before: half comes back")
def _(context):
    equal(cancelled_before(context.studio(), 100, hours(24) - minutes(1) / 60), ("cancelled", 50), "answer")


@test("cancelled 12 h before to the second: half comes back")
def _(context):
    equal(cancelled_before(context.studio(), 100, hours(12)), ("cancelled", 50), "answer")


@test("cancelled a second later than 12 h before: nothing comes back")
def _(context):
    equal(cancelled_before(context.studio(), 100, hours(12) - minutes(1) / 60), ("late_cancelled", 0), "answer")


@test("half of odd hundredths is rounded up")
def _(context):
    equal(cancelled_before(context.studio(), 75, hours(13)), ("cancelled", 38), "answer")
    equal(cancelled_before(context.studio(), 1, hours(13)), ("cancelled", 1), "answer")


@test("the studio's own cancellation gives everything back at any time")
def _(context):
    desk = context.studio()
    member = desk.member()
    lot = desk.credited(member, 100)
    session = paid_class(desk, 100)
    desk.book(member, session)
    at = START - minutes(5)
    desk.ok("session", "cancel", session, at=at)
    equal(lots(desk, member, at=at), {lot: 100}, "lots")
    consistent(desk, member, at=at)


@test("a late cancellation stays lost when the studio cancels afterwards")
def _(context):
    desk = context.studio()
    member = desk.member()
    desk.credited(member, 100)
    session = paid_class(desk, 100)
    booking = desk.book(member, session)["id"]
    desk.ok("cancel", booking, at=START - hours(2))
    desk.ok("session", "cancel", session, at=START - hours(1))
    equal(desk.ok("booking", "show", booking, at=START - hours(1))["status"], "late_cancelled", "status")
    consistent(desk, member, at=START - hours(1))


@test("several spots cost several times")
def _(context):
    desk = context.studio()
    member = desk.member()
    desk.credited(member, 350)
    session = paid_class(desk, 100)
    booking = desk.book(member, session, "--spots", 3, "--guest", "A", "--guest", "B")["id"]
    equal(desk.balance(member), 50, "balance")
    equal(desk.ok("cancel", booking)["refunded"], 300, "refunded")
    equal(desk.balance(member), 350, "balance")


@test("a member who stayed away loses the credits")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    desk.credited(member, 100)
    booking = desk.book(member, paid_class(desk, 100, MORNING + hours(1)))["id"]
    after = MORNING + hours(4)
    desk.ok("run-due", at=after)
    equal(desk.ok("booking", "show", booking, at=after)["status"], "no_show", "status")
    equal(desk.balance(member, at=after), 0, "balance")
    consistent(desk, member, at=after)


@test("credits that ran out are written off by the clock")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    desk.credited(member, 500, valid_days=10)
    after = MORNING + days(12)
    equal(desk.balance(member, at=after), 0, "what has run out is no balance, tidied up or not")
    desk.ok("run-due", at=after)
    told = consistent(desk, member, at=after)
    equal(told["balance"], 0, "balance")
    check(
        any(entry["kind"] == "expire" and entry["amount"] == -500 for entry in told["entries"]),
        f"an entry: {told['entries']}",
    )
    before = desk.hash(at=after)
    desk.ok("run-due", at=after)
    equal(desk.hash(at=after), before, "state hash")


@test("reason_required: an adjustment without one")
def _(context):
    desk = context.studio()
    member = desk.member()
    lot = desk.credited(member, 100)
    desk.refused("reason_required", "credits", "adjust", member, 50, "--reason", " ")
    desk.ok("credits", "adjust", member, 50, "--reason", "the shower was cold")
    told = consistent(desk, member)
    equal(told["balance"], 150, "balance")
    desk.ok("credits", "adjust", member, "-30", "--reason", "typed wrong")
    equal(consistent(desk, member)["balance"], 120, "balance")
    check(lot in lots(desk, member), "the lot is still there")


@test("bad_input: amounts that are none")
def _(context):
    desk = context.studio()
    for words in (
        ["--credits", "1.5", "--price", "100", "--days", "30"],
        ["--credits", "100", "--price", "R100", "--days", "30"],
        ["--credits", "-100", "--price", "100", "--days", "30"],
        ["--credits", "100", "--price", "-1", "--days", "30"],
        ["--credits", "100", "--price", "100", "--days", "0"],
        ["--credits", "9223372036854775808", "--price", "1", "--days", "1"],
        ["--credits", "0x10", "--price", "100", "--days", "30"],
    ):
        desk.refused("bad_input", "package", "add", "--name", "P", *words)


@test("amount_mismatch: a sale for another amount than the price")
def _(context):
    desk = context.studio()
    package = desk.ok("package", "add", "--name", desk.name("P"), "--credits", 100, "--price", 10000, "--days", 30)[
        "id"
    ]
    member = desk.member()
    desk.refused("amount_mismatch", "sell", "--member", member, "--package", package, "--method", "cash", "--amount", 1)
    equal(desk.balance(member), 0, "balance")
    desk.ok("sell", "--member", member, "--package", package, "--method", "cash", "--amount", 10000)
    equal(desk.balance(member), 100, "balance")


@test("wrong_currency: an amount in another currency than the studio's")
def _(context):
    desk = context.studio()
    member = desk.member()
    words = ("sell", "--member", member, "--package", package(desk), "--method", "cash", "--amount", 10000)
    told = desk.refused("wrong_currency", *words, "--currency", "EUR")
    equal(told["error"]["currency"], "ZAR", "currency")
    equal(desk.balance(member), 0, "balance")
    desk.ok(*words, "--currency", "zar")
    equal(desk.balance(member), 100, "balance")


def package(desk, *words, price=10000):
    told = desk.ok(
        "package", "add", "--name", desk.name("Pack"), "--credits", 100, "--price", price, "--days", 30, *words
    )
    return told["id"]


def sell(desk, member, what):
    return ("sell", "--member", member, "--package", what, "--method", "cash")


@test("limit_reached: at most so many for each member, and for new members only")
def _(context):
    desk = context.studio()
    member, intro = desk.member(), package(desk, "--new-only", "yes")
    two = package(desk, "--per-member", 2)
    desk.ok(*sell(desk, member, two))
    told = desk.refused("limit_reached", *sell(desk, member, intro))
    equal(told["error"]["limit"], "new_only", "limit")
    desk.ok(*sell(desk, member, two))
    told = desk.refused("limit_reached", *sell(desk, member, two))
    equal((told["error"]["limit"], told["error"]["max"]), ("per_member", 2), "limit")
    desk.ok(*sell(desk, desk.member(), intro))


@test("not_covered: credits are spent where their package counts")
def _(context):
    desk = context.studio()
    there = desk.ok("location", "add", "--name", desk.name("Claremont"), "--timezone", "Africa/Johannesburg")["id"]
    member, session = desk.member(), paid_class(desk)
    what = package(desk, "--location", there)
    desk.ok(*sell(desk, member, what))
    told = desk.refused("not_covered", "book", "--member", member, "--session", session)
    equal(told["error"]["other_hundredths"], 100, "what counts elsewhere")
    equal(desk.ok("package", "edit", what, "--everywhere")["locations"], None, "locations")
    desk.book(member, session)


@test("a package is edited and no longer sold")
def _(context):
    desk = context.studio()
    what = package(desk, "--renews", "yes")
    told = desk.ok("package", "edit", what, "--price", 12000, "--active", "no", "--per-member", 1)
    equal((told["price"], told["active"], told["per_member"], told["renews"]), (12000, False, 1, True), "package")
    desk.refused("wrong_state", *sell(desk, desk.member(), what))
    desk.refused("bad_input", "package", "edit", what, "--days", 0)
    desk.refused("not_allowed", "package", "edit", what, "--price", 1, **desk.staff("receptionist"))


@test("credits go from one member to another with their end")
def _(context):
    desk = context.studio()
    giver, receiver = desk.member(), desk.member()
    desk.credited(giver, 300, valid_days=60)
    desk.credited(giver, 50, valid_days=10)
    ends = [lot["expires"] for lot in desk.ok("credits", giver)["lots"]]
    told = desk.ok("credits", "transfer", giver, 100, "--to", receiver, "--reason", "a present")
    equal((told["balance"], told["to_balance"]), (250, 100), "balances")
    equal([lot["expires"] for lot in consistent(desk, receiver)["lots"]], ends, "ends")
    kinds = [(entry["kind"], entry["amount"]) for entry in consistent(desk, giver)["entries"]]
    equal(sorted(kinds)[-2:], [("transfer", -50), ("transfer", -50)], "entries")
    desk.refused("insufficient_credits", "credits", "transfer", giver, 251, "--to", receiver, "--reason", "more")
    desk.refused("reason_required", "credits", "transfer", giver, 1, "--to", receiver, "--reason", " ")
    desk.refused("bad_input", "credits", "transfer", giver, 1, "--to", giver, "--reason", "self")
    reception = desk.staff("receptionist")
    desk.refused("not_allowed", "credits", "transfer", giver, 1, "--to", receiver, "--reason", "r", **reception)


@test("credits that expire within a week are listed")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    soon = desk.credited(member, 100, valid_days=6)
    desk.credited(member, 100, valid_days=20)
    listed = desk.items("credits", "expiring")
    equal([(each["lot"], each["left"], each["member"]) for each in listed], [(soon, 100, member)], "items")
    equal(len(desk.items("credits", "expiring", "--days", 30)), 2, "items")
    equal(desk.items("credits", "expiring", at=MORNING + days(7)), [], "items")
    desk.refused("bad_input", "credits", "expiring", "--days", -1)


if __name__ == "__main__":
    sys.exit(main("credits"))
