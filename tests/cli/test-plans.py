#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: selling, renewing, what becomes of those that are not paid."""
import sys

from contract import EXIT_INPUT, EXIT_USAGE, MORNING, days, equal, hours, main, one_of, test

APRIL = MORNING + days(31)  # 2 April, 06:00: the first month of whoever begins on 2 March is over


def plan(desk, *words, kind="unlimited", period="monthly"):
    return desk.ok(
        "plan", "add", "--name", "Everything", "--kind", kind, "--period", period, "--price", "120000", *words
    )["id"]


def sold(desk, member, of, *words, method="cash", **options):
    return desk.ok("sell", "--plan", of, "--member", member, "--method", method, *words, **options)


def shown(desk, member, **options):
    return desk.items("membership", "show", member, **options)[0]


@test("a plan is sold with what joining costs, and renewed on account")
def renewed(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk, "--joining", "15000")
    sale = sold(desk, member, of, "--collect", "account")
    equal((sale["amount"], sale["due"], sale["vat"]), (135000, 0, 17609), "sale")
    one = shown(desk, member, at=MORNING + hours(1))
    equal(one["id"], sale["membership"], "membership")
    equal((one["status"], one["collect"], one["price"]), ("active", "account", 120000), "membership")
    equal(one["paid_until"], "2026-04-02T00:00:00+02:00", "paid until")
    equal(desk.ok("run-due", at=APRIL)["renewals"], 1, "renewals")
    equal(desk.ok("run-due", at=APRIL)["renewals"], 0, "renewals again")
    equal(shown(desk, member, at=APRIL)["paid_until"], "2026-05-02T00:00:00+02:00", "paid until")
    payments = desk.items("payment", "list", "--member", member, at=APRIL)
    debts = [item for item in payments if item["method"] == "account"]
    equal([item["amount"] for item in debts], [120000], "owed")


@test("what does not come is asked for three times, then the door says payment_due, then membership_inactive")
def dunned(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk, "--open-gym", "yes")
    sold(desk, member, of, "--collect", "eft")
    code = desk.pass_code(member)
    for after in (0, 3, 6):
        now = APRIL + days(after) + hours(after)
        desk.ok("run-due", at=now)
        equal(shown(desk, member, at=now)["status"], "active", f"after {after} days")
    desk.ok("checkin", "--code", code, at=APRIL + days(8))
    desk.refused("payment_due", "checkin", "--code", code, at=APRIL + days(10))
    desk.refused("membership_inactive", "checkin", "--code", code, at=APRIL + days(17))
    payments = desk.items("payment", "list", "--member", member, at=APRIL + days(17))
    pending = [item for item in payments if item["method"] == "eft"]
    equal(len(pending), 3, "tries")
    desk.ok("payment", "settle", pending[0]["id"], "--outcome", "paid", at=APRIL + days(17))
    desk.ok("checkin", "--code", code, at=APRIL + days(17))


@test("at the desk the next period is paid when the member comes")
def at_the_desk(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk)
    one = sold(desk, member, of)["membership"]
    equal(desk.ok("run-due", at=APRIL)["renewals"], 0, "renewals")
    equal(shown(desk, member, at=APRIL)["status"], "payment_due", "status")
    desk.refused("amount_mismatch", "membership", "pay", one, "--method", "cash", "--amount", "1", at=APRIL)
    equal(desk.ok("membership", "pay", one, "--method", "cash", at=APRIL)["amount"], 120000, "paid")
    equal(shown(desk, member, at=APRIL)["status"], "active", "status")
    desk.ok("membership", "cancel", one, "--when-paid-up", at=APRIL)
    desk.refused("wrong_state", "membership", "pay", one, "--method", "cash", at=APRIL)
    equal(shown(desk, member, at=APRIL + days(60))["status"], "cancelled", "status")


@test("a plan's credits come with each month that is paid")
def credited(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk, "--credits", "800", kind="credits", period="annual")
    sale = sold(desk, member, of)
    equal(sale["balance"], 800, "credits")
    desk.ok("run-due", at=APRIL)
    equal(desk.balance(member, at=APRIL), 800, "credits of the second month")


@test("prices and ways to collect are changed by who may")
def edited(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk)
    one = sold(desk, member, of, "--price", "90000", "--from", "2026-03-01T00:00")["membership"]
    equal(shown(desk, member)["price"], 90000, "price")
    answer = desk.ok("membership", "edit", one, "--collect", "card", "--price", "100000")
    equal((answer["collect"], answer["price"]), ("card", 100000), "agreed")
    equal(desk.ok("membership", "edit", one, "--collect", "desk")["collect"], None, "collect")
    desk.refused("bad_input", "membership", "edit", one, "--collect", "cheque")
    desk.refused("bad_input", "membership", "edit", one)
    desk.refused("not_allowed", "membership", "edit", one, "--price", "1", **desk.staff("receptionist"))


@test("bad words are named, and nothing is sold")
def bad_words(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk)
    sell = ("sell", "--plan", of, "--method", "cash")
    for words in (
        sell,
        (*sell, "--member", member, "--package", of),
        ("sell", "--voucher-value", "100", "--collect", "eft", "--method", "cash"),
    ):
        one_of(desk(*words).status, (EXIT_USAGE, EXIT_INPUT), f"words that do not go together: {words}")
    desk.refused("bad_input", *sell, "--member", member, "--collect", "cheque")
    desk.refused("bad_input", *sell, "--member", member, "--price", "-1")
    desk.refused("bad_input", *sell, "--member", member, "--from", "2031-01-01T00:00")
    desk.refused("wrong_currency", *sell, "--member", member, "--currency", "USD")
    desk.refused("not_found", "sell", "--plan", "01234567", "--member", member, "--method", "cash")
    equal(desk.items("membership", "show", member), [], "memberships")
    sold(desk, member, of)
    desk.refused("wrong_state", *sell, "--member", member)
    one = shown(desk, member)["id"]
    desk.refused("bad_input", "membership", "cancel", one, "--at", "2026-04-01T00:00", "--when-paid-up")
    one_of(desk("membership", "pay", one).status, (EXIT_USAGE, EXIT_INPUT), "without a way of paying")


@test("no_rights for a plan that a voucher of another device would pay, until a manager moves it")
def voucher_elsewhere(place):
    desk = place.new_studio("front")
    desk.ok("device", "invite", desk.path("invitation"))
    second = place.desk("second")
    replica = second.ok("device", "join", desk.path("invitation"))["replica"]
    member, of = desk.member(), plan(desk)
    voucher = desk.ok("sell", "--voucher-value", 150000, "--method", "card")

    def carry(one, other):
        one.ok("oplog", "export", one.path("log"))
        other.ok("oplog", "import", one.path("log"))

    carry(desk, second)
    words = ("sell", "--plan", of, "--member", member, "--method", "voucher", "--voucher", voucher["code"])
    before = second.hash()
    told = second.refused("no_rights", *words)["error"]
    equal((told["voucher"], told["missing_cents"]), (voucher["voucher"], 120000), "what is missing")
    equal(second.hash(), before, "state")
    equal(second.items("membership", "show", member), [], "memberships")
    carry(second, desk)
    desk.ok("rights", "move", "--voucher", voucher["voucher"], "--cents", 120000, "--to", replica)
    carry(desk, second)
    equal(second.ok(*words)["due"], 0, "due")
    second.verified()


@test("possible_duplicate for a plan that is paid with a slip that was used, unless it is another one")
def slip_again(place):
    desk = place.new_studio()
    of = plan(desk)
    slip = ("--method", "card", "--reference", "000417")
    first = desk.ok("sell", "--plan", of, "--member", desk.member(), *slip)
    other = desk.member()
    words = ("sell", "--plan", of, "--member", other, *slip)
    before = desk.hash()
    told = desk.refused("possible_duplicate", *words)["error"]
    equal((told["payment"], told["reference"]), (first["payment"], "000417"), "the other one")
    pays = ("--pay", "card:60000:000418", "--pay", "card::000418")  # in one breath
    desk.refused("possible_duplicate", "sell", "--plan", of, "--member", other, *pays)
    equal(desk.hash(), before, "state")
    equal(desk.items("membership", "show", other), [], "memberships")
    desk.ok(*words, "--anyway")
    desk.refused("possible_duplicate", "membership", "pay", shown(desk, other)["id"], *slip)
    desk.verified()


@test("member_erased and member_blocked for who may not buy a plan")
def may_not_buy(place):
    desk = place.new_studio()
    of, gone, blocked = plan(desk), desk.member(), desk.member()
    words = ("sell", "--plan", of, "--method", "cash", "--member")
    desk.ok("member", "erase", gone, "--reason", "asked for it")
    desk.ok("member", "block", blocked, "--reason", "unpaid")
    before = desk.hash()
    desk.refused("member_erased", *words, gone)
    desk.refused("member_blocked", *words, blocked)
    equal(desk.hash(), before, "state")
    equal(sold(desk, desk.member(), of)["receipt"], 1, "refused sales take no number")


@test("a command with a key sells one plan")
def keyed(place):
    desk = place.new_studio()
    member, of = desk.member(), plan(desk)
    first, second = (sold(desk, member, of, key="sell-1", at=MORNING + hours(n)) for n in (0, 1))
    equal(first["sale"], second["sale"], "sale")
    equal(len(desk.items("membership", "show", member)), 1, "memberships")


if __name__ == "__main__":
    sys.exit(main("plans"))
