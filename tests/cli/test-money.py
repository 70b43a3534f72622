#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money at the counter: sales, what is paid later, refunds, vouchers, tills; in cents."""
import sys

from contract import EXIT_USAGE, MORNING, check, days, equal, main, test

START = MORNING + days(3)
PIN = "482916"


def refused(desk, code, *words, **options):
    """What a refusal says besides its code."""
    return desk.refused(code, *words, **options)["error"]


def sell(desk, price, *words, **options):
    return desk.ok("sell", "--item", "Mat", "--price", price, *words, **options)


@test("cash is handed over and change goes back")
def _(context):
    desk = context.studio()
    sold = sell(desk, 18750, "--method", "cash", "--tendered", 20000)
    equal((sold["amount"], sold["vat"], sold["change"], sold["due"]), (18750, 2446, 1250, 0), "sale")
    equal(sold["status"], "paid", "status")
    words = ("sell", "--item", "Mat", "--price", 500, "--method", "cash", "--amount", 499)
    told = refused(desk, "amount_mismatch", *words)
    equal((told["price_cents"], told["paid_cents"]), (500, 499), "details")


@test("several ways pay one sale, and the rest later; wrong_state when nothing is due")
def _(context):
    desk = context.studio()
    sold = sell(desk, 10000, "--pay", "cash:2000", "--pay", "card:3000:" + desk.name("slip"), "--part")
    equal(sold["due"], 5000, "due")
    paid = desk.ok("pay", sold["sale"], "--method", "eft", "--amount", 1500)
    equal((paid["due"], paid["receipt"]), (3500, sold["receipt"] + 1), "after a part")
    equal(desk.ok("pay", sold["sale"], "--pay", "cash")["due"], 0, "in the end")
    desk.refused("wrong_state", "pay", sold["sale"], "--method", "cash")


@test("a slip that was used before is a possible_duplicate, unless it is not")
def _(context):
    desk = context.studio()
    words = ("sell", "--item", "Mat", "--price", 500, "--method", "card", "--reference", desk.name("slip"))
    sold = desk.ok(*words)
    equal(refused(desk, "possible_duplicate", *words)["payment"], sold["payment"], "the other one")
    desk.ok(*words, "--anyway")


@test("wrong_currency and absurd amounts are told apart")
def _(context):
    desk = context.studio()
    words = ("sell", "--item", "Mat", "--method", "card", "--price")
    desk.refused("wrong_currency", *words, 500, "--currency", "USD")
    for price in (-1, 2**60):
        equal(desk(*words, price).code, "bad_input", f"price {price}")
    equal(desk(*words, 500, "--amount", -500).code, "bad_input", "amount")
    equal(desk("sell", "--voucher-value", 0, "--method", "cash").code, "bad_input", "voucher")
    equal(desk("sell", "--item", "Mat", "--price", 5, "--method", "cheque").code, "bad_input", "method")
    equal(desk("sell", "--item", "Mat", "--price", 5, "--pay", "cash:x").code, "bad_input", "no number")


@test("words that do not go together are usage errors")
def _(context):
    desk = context.studio()
    mat = ("sell", "--item", "Mat", "--price", 500)
    for words in (
        ("sell", "--item", "Mat", "--method", "cash"),
        ("sell", "--method", "cash"),
        (*mat, "--voucher-value", 500, "--method", "cash"),
        ("sell", "--package", desk.name("any"), "--method", "cash"),
        (*mat, "--from", "2026-03-02T07:00", "--method", "cash"),
        mat,
        (*mat, "--method", "cash", "--pay", "card"),
        ("pay", desk.name("any")),
        ("membership", "pay", desk.name("any"), "--method", "cash", "--pay", "card"),
    ):
        answer = desk(*words)
        equal((answer.status, answer.out), (EXIT_USAGE, b""), " ".join(map(str, words)))
        check(b"sage:" in answer.err, str(answer))


@test("a keyed sale twice is one sale and one answer")
def _(context):
    desk = context.studio()
    words = ("sell", "--item", "Mat", "--price", 700, "--method", "cash")
    first = desk(*words, key="sale-1")
    again = desk(*words, key="sale-1")
    equal(again.out, first.out, "answer")
    equal(sell(desk, 1, "--method", "cash")["receipt"], first.json["receipt"] + 1, "next receipt")


@test("a payment that is pending is settled, failed or disputed: wrong_state else")
def _(context):
    desk = context.studio()
    member = desk.member()
    sold = sell(desk, 5000, "--method", "qr", "--member", member)
    equal((sold["status"], sold["due"]), ("pending", 5000), "at first")
    check(sold["payment"] in [each["id"] for each in desk.items("payment", "list")], "listed as pending")
    desk.refused("wrong_state", "refund", sold["payment"], "--reason", "ill")
    desk.refused("wrong_state", "payment", "settle", sold["payment"], "--outcome", "disputed")
    paid = desk.ok("payment", "settle", sold["payment"], "--outcome", "paid", "--reference", "bank 7")
    equal((paid["status"], paid["refundable"], paid["held"]), ("paid", 5000, 5000), "paid")
    equal([each["id"] for each in desk.items("payment", "list", "--member", member)], [sold["payment"]], "theirs")
    equal(desk.ok("payment", "settle", sold["payment"], "--outcome", "disputed")["status"], "disputed", "disputed")
    equal(desk.ok("payment", "settle", sold["payment"], "--outcome", "dispute_over")["status"], "paid", "over")
    other = sell(desk, 100, "--method", "qr")
    equal(desk.ok("payment", "settle", other["payment"], "--outcome", "failed")["status"], "failed", "failed")
    equal(desk("payment", "settle", other["payment"], "--outcome", "odd").code, "bad_input", "no such outcome")


@test("refund_over_payment, refund_over_limit with a manager beside them, reason_required")
def _(context):
    desk = context.studio()
    sold = sell(desk, 90000, "--method", "card")
    told = refused(desk, "refund_over_payment", "refund", sold["payment"], "--amount", 90001, "--reason", "ill")
    equal(told["left_cents"], 90000, "left")
    desk.refused("reason_required", "refund", sold["payment"])
    receptionist, manager = desk.staff("receptionist"), desk.staff("manager")["staff"]
    words = ("refund", sold["payment"], "--amount", 50001, "--reason", "ill")
    told = refused(desk, "refund_over_limit", *words, **receptionist)
    equal(told["limit_cents"], 50000, "limit")
    approved = desk.ok("--approver", manager, "--approver-pin", PIN, *words, **receptionist)
    equal(approved["amount"], 50001, "approved")
    rest = desk.ok("refund", sold["payment"], "--reason", "ill")
    equal(rest["amount"], 39999, "rest")
    equal(approved["vat"] + rest["vat"], sold["vat"], "VAT given back")
    desk.refused("not_allowed", *words, **desk.staff("instructor"))
    desk.verified()


@test("a refund takes the credits back, unless they are to stay")
def _(context):
    desk = context.studio()
    member = desk.member()
    package = desk.ok("package", "add", "--name", desk.name("Ten"), "--credits", 1000, "--price", 50000, "--days", 60)
    sold = desk.ok("sell", "--member", member, "--package", package["id"], "--method", "card")
    kept = desk.ok("refund", sold["payment"], "--amount", 10000, "--reason", "ill", "--keep-credits")
    equal((kept["credits"], desk.balance(member)), (0, 1000), "kept")
    equal(desk.ok("refund", sold["payment"], "--reason", "ill")["credits"], 800, "credits")
    equal(desk.balance(member), 200, "balance")
    desk.ok("member", "block", member, "--reason", "unpaid")
    desk.refused("member_blocked", "sell", "--member", member, "--package", package["id"], "--method", "card")


@test("a voucher pays until it is used, then voucher_invalid")
def _(context):
    desk = context.studio()
    sold = desk.ok("sell", "--voucher-value", 5000, "--method", "cash")
    equal((sold["vat"], sold["amount"]), (0, 5000), "sold")
    sell(desk, 3000, "--method", "voucher", "--voucher", sold["code"].lower())
    equal(desk.ok("voucher", "show", sold["code"])["left"], 2000, "left")
    words = ("sell", "--item", "Mat", "--price", 2001, "--method", "voucher", "--voucher", sold["code"])
    equal(refused(desk, "voucher_invalid", *words)["left_cents"], 2000, "left of it")
    desk.refused("voucher_invalid", *words[:-1], "AAAAA-AAAAA")
    equal(desk("voucher", "show", "AAAAA-AAAAA").code, "not_found", "unknown")
    sell(desk, 2000, "--pay", "voucher::" + sold["code"])
    desk.verified()


@test("a booking is paid by card:SLIP or voucher:CODE, at the peak price")
def _(context):
    desk = context.studio()
    service = desk.ok(
        "service", "add", "--name", desk.name("Reformer"), "--kind", "class", "--type", "pilates", "--duration", 60,
        "--capacity", 9, "--credits", 100, "--price", 15000, "--peak-price", 20000,
    )["id"]
    voucher = desk.ok("sell", "--voucher-value", 20000, "--method", "cash")
    desk.ok("policy", "set", "peak_hours", "always", "--service", service)
    words = ("book", "--session", desk.session(service, START), "--member", desk.member(), "--pay")
    desk.ok(*words, "voucher:" + voucher["code"])
    equal(desk.ok("voucher", "show", voucher["code"])["left"], 0, "left")
    words = words[:4] + (desk.member(), "--pay")
    desk.refused("voucher_invalid", *words, "voucher:" + voucher["code"])
    desk.ok(*words, "card:" + desk.name("slip"))


@test("a till is counted: till_open twice, till_closed without, the difference told")
def _(context):
    desk = context.new_studio("till")
    desk.refused("till_closed", "till", "close", "--count", 0)
    desk.refused("till_closed", "till", "cash", 100, "--reason", "coins")
    equal(desk("till", "show").code, "not_found", "none yet")
    desk.ok("policy", "set", "till_needed", "yes")
    desk.refused("till_closed", "sell", "--item", "Mat", "--price", 100, "--method", "cash")
    desk.ok("till", "open", "--float", 10000, "--name", "Front")
    desk.refused("till_open", "till", "open", "--float", 0)
    paid = sell(desk, 11500, "--method", "cash")
    sell(desk, 700, "--method", "card")
    desk.ok("refund", paid["payment"], "--amount", 500, "--reason", "scratched")
    desk.ok("till", "cash", -6000, "--reason", "bank")
    desk.refused("reason_required", "till", "cash", 100)
    open_takings = desk.ok("till", "show")["takings"]
    told = desk.ok("till", "close", "--count", 14900, "--note", "a rand short")
    keys = ("method", "count", "amount", "refunds", "refunded", "net", "pending")
    equal([tuple(each[key] for key in keys) for each in told["takings"]],
          [("cash", 1, 11500, 1, 500, 11000, 0), ("card", 1, 700, 0, 0, 700, 0)], "takings by method")
    equal(told["takings"], open_takings, "the same while it was open")
    equal(desk.ok("till", "show", "--till", told["id"])["takings"], open_takings, "and afterwards")
    equal((told["cash"], told["refunded"], told["put_in"]), (11500, 500, -6000), "taken")
    equal((told["expected"], told["difference"], told["state"]), (15000, -100, "closed"), "counted")
    equal(desk("till", "open", "--float", -1).code, "bad_input", "float")
    equal(desk.ok("till", "show")["id"], told["id"], "the last one")


@test("no_rights for a voucher of another device until a manager moves it")
def _(context):
    desk = context.new_studio("front")
    desk.ok("device", "invite", desk.path("invitation"))
    second = context.desk("second")
    replica = second.ok("device", "join", desk.path("invitation"))["replica"]
    voucher = desk.ok("sell", "--voucher-value", 5000, "--method", "cash")
    paid = sell(desk, 1000, "--method", "card")

    def carry(one, other):
        one.ok("oplog", "export", one.path("log"))
        other.ok("oplog", "import", one.path("log"))

    carry(desk, second)
    words = ("sell", "--item", "Mat", "--price", 3000, "--method", "voucher", "--voucher", voucher["code"])
    told = refused(second, "no_rights", *words)
    equal((told["voucher"], told["missing_cents"]), (voucher["voucher"], 3000), "what is missing")
    told = refused(second, "no_rights", "refund", paid["payment"], "--reason", "ill")
    equal((told["payment"], told["missing_cents"]), (paid["payment"], 1000), "what is missing")
    carry(second, desk)
    desk.refused(
        "not_allowed", "rights", "move", "--voucher", voucher["voucher"], "--cents", 1, "--to", replica,
        **desk.staff("receptionist"),
    )
    desk.refused("no_rights", "rights", "move", "--voucher", voucher["voucher"], "--cents", 5001, "--to", replica)
    equal(desk("rights", "move", "--voucher", voucher["voucher"], "--to", replica).status, 2, "without --cents")
    desk.ok("rights", "move", "--voucher", voucher["voucher"], "--cents", 3000, "--to", replica)
    desk.ok("rights", "move", "--payment", paid["payment"], "--cents", 1000, "--to", replica)
    carry(desk, second)
    second.ok(*words)
    second.ok("refund", paid["payment"], "--reason", "ill")
    carry(second, desk)
    equal(desk.hash(), second.hash(), "state")
    equal(desk.ok("voucher", "show", voucher["code"])["left"], 2000, "left")
    desk.verified()


if __name__ == "__main__":
    sys.exit(main("money"))
