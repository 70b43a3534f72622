#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money that another desk took or sold: what may be given back of it, and what is left on a voucher, is fetched inside
the command, from the hub or by the cable; with neither there it is no_rights, and nothing is done."""
import sys
import threading

from live import wait_until, wait_until_agreed
from place import by_cable, place, ports_of, quiet

from contract import check, equal, main, test

PRICE = 10000
WORTH = 5000


class Money:
    """A payment that the first desk took, and a voucher that it sold."""

    def __init__(self, desk):
        self.paid = desk.ok("sell", "--item", "Mat", "--price", PRICE, "--method", "card")
        self.voucher = desk.ok("sell", "--voucher-value", WORTH, "--method", "cash")

    def refund(self, cents):
        return ("refund", self.paid["payment"], "--amount", cents, "--reason", "ill")

    def use(self, cents):
        words = ("sell", "--item", "Towel", "--price", cents, "--method", "voucher")
        return (*words, "--voucher", self.voucher["code"])

    def left(self, desk):
        return desk.ok("voucher", "show", self.voucher["code"])["left"]


def granted(desk, *words):
    """As a person at the desk would: again, while what it needs is on its way. Nothing brings money but asking."""
    told = []

    def done():
        told[:] = [desk(*words)]
        check(told[0].code in (None, "no_rights"), str(told[0]))
        return told[0].json if told[0].status == 0 else None

    return wait_until(done, lambda: str(told[0]))


def written(desk):
    """How many operations the desk has written: what others give it meanwhile is theirs."""
    return desk.ok("state-hash")["vector"][desk.status()["replica"]]


def refused_undone(desk, device, thing, missing, *words):
    """no_rights, with who has it; and the desk has written nothing."""
    before = written(desk)
    told = desk.refused("no_rights", *words)["error"]
    equal(told["missing_cents"], missing, "what is missing")
    equal(told["device"], device, "who has it")
    check(thing in (told.get("payment"), told.get("voucher")), f"of what: {told}")
    check(told["hint"], "what people can do")
    equal(written(desk), before, "operations")


def agreed_and_sound(desks):
    wait_until_agreed(desks)
    for desk in desks:
        desk.verified()


@test("by the cable: a payment is given back at the other desk, and a voucher used there")
def cable(context):
    with place(context) as at:
        desks = first, second = at.founder(), at.joined()
        money = Money(first)
        for desk in (*desks, *desks):
            desk.ok("sync", "now")
        at.hub.kill()
        by_cable(desks, ports_of(2))
        wait_until(lambda: second.status()["neighbours"] == 1, "a neighbour is there")
        equal(granted(second, *money.refund(4000))["amount"], 4000, "given back")
        granted(second, *money.use(3000))
        wait_until_agreed(desks)
        equal(money.left(first), WORTH - 3000, "left on the voucher")
        told = first.refused("refund_over_payment", *money.refund(PRICE - 4000 + 1))["error"]
        equal(told["left_cents"], PRICE - 4000, "left of the payment")
        granted(first, *money.refund(PRICE - 4000))
        wait_until_agreed(desks)
        second.refused("refund_over_payment", *money.refund(1))
        second.refused("voucher_invalid", *money.use(WORTH - 3000 + 1))
        granted(first, *money.use(WORTH - 3000))
        agreed_and_sound(desks)


@test("from the hub: what a manager has left there is fetched while the desk that took it is off")
def from_the_hub(context):
    with place(context) as at:
        first, second = at.founder(), at.joined()
        money = Money(first)
        first.ok("sync", "now")
        hub = next(each["replica"] for each in first.items("device", "list") if each["role"] == "hub")
        first.ok("rights", "move", "--payment", money.paid["payment"], "--cents", 6000, "--to", hub)
        first.ok("rights", "move", "--voucher", money.voucher["voucher"], "--cents", 2000, "--to", hub)
        for desk in (first, second, first, second):
            desk.ok("sync", "now")
        quiet(second)
        equal(granted(second, *money.refund(2500))["amount"], 2500, "given back")
        granted(second, *money.use(2000))
        granted(second, *money.refund(3500))
        mine = first.status()["replica"]
        # The rest lies at a desk that is off.
        refused_undone(second, mine, money.paid["payment"], 4000, *money.refund(4000))
        refused_undone(second, mine, money.voucher["voucher"], 1001, *money.use(1001))
        first.ok("sync", "now")
        first.ok(*money.refund(4000))
        first.ok("sync", "now")
        wait_until_agreed([first, second])
        second.refused("refund_over_payment", *money.refund(1))
        equal(money.left(second), WORTH - 2000, "left on the voucher")
        agreed_and_sound([first, second])


@test("no_rights: cut off from the desk and from the hub, nothing is given back and no voucher used")
def cut_off(context):
    with place(context) as at:
        desks = first, second = at.founder(), at.joined()
        money = Money(first)
        for desk in (*desks, *desks):
            desk.ok("sync", "now")
        mine = first.status()["replica"]
        ports = ports_of(2)
        by_cable(desks, ports)
        wait_until(lambda: second.status()["neighbours"] == 1, "a neighbour is there")
        wait_until_agreed(desks)
        at.hub.kill()
        first.agent.kill()
        refused_undone(second, mine, money.paid["payment"], 100, *money.refund(100))
        refused_undone(second, mine, money.voucher["voucher"], 100, *money.use(100))
        second.agent.kill()  # and with nobody to ask by
        refused_undone(second, mine, money.paid["payment"], 100, *money.refund(100))
        refused_undone(second, mine, money.voucher["voucher"], 100, *money.use(100))
        # The desk that has it needs nobody.
        first.ok(*money.refund(100))
        first.ok(*money.use(100))
        by_cable(desks, ports)
        granted(second, *money.refund(PRICE - 100))
        granted(second, *money.use(WORTH - 100))
        agreed_and_sound(desks)
        equal(money.left(first), 0, "left on the voucher")


@test("two desks give back all of one payment at the same time: one of them does")
def at_once(context):
    with place(context) as at:
        desks = first, second = at.founder(), at.joined()
        money = Money(first)
        for desk in (*desks, *desks):
            desk.ok("sync", "now")
        at.hub.kill()
        by_cable(desks, ports_of(2))
        wait_until(lambda: second.status()["neighbours"] == 1 == first.status()["neighbours"], "neighbours are there")
        answers = {}

        def give_back(desk):
            answers[desk] = desk(*money.refund(PRICE))

        threads = [threading.Thread(target=give_back, args=(desk,)) for desk in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = [answer for answer in answers.values() if answer.status == 0]
        codes = {answer.code for answer in answers.values() if answer.status != 0}
        check(len(done) <= 1, f"given back twice: {[str(each) for each in answers.values()]}")
        check(codes <= {"no_rights", "refund_over_payment"}, f"{codes}")
        wait_until_agreed(desks)
        if not done:  # it was on its way from one to the other just then
            granted(first, *money.refund(PRICE))
            wait_until_agreed(desks)
        for desk in desks:
            desk.refused("refund_over_payment", *money.refund(1))
        agreed_and_sound(desks)


if __name__ == "__main__":
    sys.exit(main("money-elsewhere"))
