#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts on paper: what they say, and that each comes out once whatever happens to the printer or the program."""
import glob
import os
import signal
import subprocess
import sys

from contract import Failure, check, equal, main, one_of, spawn, test
from receipt_printer import ReceiptPrinter

NOTHING = {"printed": 0, "waiting": 0, "uncertain": 0, "failed": 0, "busy": 0}


def sale(desk, price=15000, *words):
    return desk.ok("sell", "--item", "Grip socks", "--price", price, *words, "--method", "cash", "--tendered", 20000)


def counts(desk, **wanted):
    equal(desk.ok("print", "run", "--wait", "2"), {**NOTHING, **wanted}, "what was printed")


def states(desk, *words):
    return [item["status"] for item in desk.items("print", "list", *words)]


def text_of(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()


def studio(context, name, place=None, *words):
    desk = context.new_studio(name)
    if place is not None:
        desk.ok("printer", "set", "desk", "--at", place, *words)
    return desk


def killed_while(desk, printer):
    """Ends `print run` for good when the printer has come to the place where it holds."""
    runner = spawn(["--data", desk.directory, "--json", "print", "run"])
    if not printer.reached.wait(30):
        raise Failure("the printer was never spoken to")
    os.killpg(runner.pid, signal.SIGKILL)
    runner.wait()


@test("a tax invoice says on paper what the law wants, and names what it lacks")
def _(context):
    desk = studio(context, "print-1")
    sold = sale(desk)
    path = desk.path("receipt.pdf")
    answer = desk.ok("receipt", sold["sale"], "--pdf", path)
    equal((answer["title"], answer["total"]), ("Receipt", 15000), "without a VAT number")
    check("the studio's VAT number" in answer["lacks"], "why it is no tax invoice")
    check("15 %" not in text_of(path), "who is not registered charges no VAT")
    desk.ok("invoice", "settings", "--vat-number", "4123456789", "--legal-name", "Fynbos Fitness (Pty) Ltd")
    answer = desk.ok("receipt", sold["payment"])
    equal((answer["title"], answer["vat"]), ("Receipt", 1957), "with it")
    equal(answer["lacks"], ["the studio's address"], "what it lacks to be a tax invoice")
    desk.ok("invoice", "settings", "--address", "12 Regent Road, Sea Point, 8005", "--note", "Ngiyabonga!")
    answer = desk.ok("receipt", sold["sale"], "--pdf", path)
    equal((answer["title"], answer["lacks"]), ("Tax invoice", []), "what it lacks now")
    text = text_of(path).replace("\u00a0", " ")
    for words in (
        "Tax invoice", "Fynbos Fitness (Pty) Ltd", "VAT no. 4123456789", "12 Regent Road", answer["number"],
        "2 March 2026", "Grip socks", "R 150,00", "15 %", "R 130,43", "R 19,57", "Cash", "R 200,00", "R 50,00",
        "Ngiyabonga!",
    ):
        check(words in text, f"{words!r} is not in:\n{text}")
    for paper in ("80", "58"):
        desk.ok("receipt", sold["sale"], "--pdf", path, "--paper", paper)
        check("Tax invoice" in text_of(path), f"on {paper} mm")
    back = desk.ok("refund", sold["payment"], "--amount", 5000, "--reason", "torn")
    note = desk.ok("receipt", back["id"], "--pdf", path)
    equal((note["title"], note["corrects"], note["total"]), ("Credit note", answer["number"], 5000), "credit note")
    check("Total credited" in text_of(path), "the credit note on paper")
    desk.refused("bad_input", "invoice", "settings", "--vat-number", "4123;drop")
    desk.refused("bad_input", "invoice", "settings", "--pay-link", "https://pay.example/{cents}")
    desk.refused("not_found", "receipt", "00000000-0000-4000-8000-000000000000")


@test("a credit note names its invoice, and a later payment has a receipt of its own")
def _(context):
    desk = context.new_studio()
    desk.ok("invoice", "settings", "--vat-number", "4123456789", "--address", "12 Regent Road")
    member = desk.member("--invoice-to", "Acme Ltd; 2 Long Street")
    part = desk.ok("sell", "--item", "Mat", "--price", 2300, "--method", "card", "--amount", 300, "--part",
                   "--member", member)
    invoice = desk.ok("receipt", part["sale"])
    later = desk.ok("pay", part["sale"], "--method", "eft", "--amount", 500)
    paid = desk.ok("receipt", later["payment"])
    equal((paid["title"], paid["total"], paid["due"]), ("Receipt", 500, 1500), "the later payment")
    back = desk.ok("refund", part["payment"], "--amount", 230, "--reason", "torn")
    path = desk.path("note.pdf")
    note = desk.ok("receipt", back["id"], "--pdf", path)
    equal((note["title"], note["corrects"], note["total"], note["vat"], note["lacks"]),
          ("Credit note", invoice["number"], 230, 30, []), "the credit note")
    text = text_of(path)
    check("Acme Ltd" in text and invoice["number"] in text, f"on paper:\n{text}")
    desk.verified()


@test("a sale with a code to pay by shows it while something is due")
def _(context):
    desk = studio(context, "print-2")
    link = "https://pos.snapscan.io/qr/ab12?id={reference}&amount={cents}&strict=true"
    desk.ok("invoice", "settings", "--pay-link", link)
    sold = desk.ok("sell", "--item", "Mat", "--price", 45000, "--method", "qr")
    path = desk.path("receipt.pdf")
    answer = desk.ok("receipt", sold["sale"], "--pdf", path)
    equal(answer["due"], 45000, "due")
    picture = desk.path("receipt")
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", path, picture], check=True)
    read = desk.items("scan", picture + ".png")[0]["texts"]
    equal(read, [link.format(reference=answer["number"], cents=45000)], "what a telephone reads")


@test("a receipt is printed once, however often it is asked for, and then copies say so")
def _(context):
    printer = ReceiptPrinter()
    desk = studio(context, "print-3", printer.place, "--drawer", "yes")
    sold = sale(desk)
    first = desk.ok("receipt", sold["sale"], "--print")["print"]
    equal([item["id"] for item in desk.items("print", "list")], [first], "one job, made by the sale itself")
    counts(desk, printed=1)
    counts(desk)
    desk.ok("receipt", sold["sale"], "--print")
    counts(desk)
    equal((printer.cuts, printer.kicks), (1, 1), "cut and drawer")
    desk.ok("receipt", sold["sale"], "--print", "--copy")
    counts(desk, printed=1)
    equal((printer.cuts, printer.kicks), (2, 1), "a copy opens no drawer")
    desk.ok("printer", "test")
    desk.ok("printer", "drawer")
    counts(desk, printed=2)
    equal((printer.cuts, printer.kicks), (3, 2), "test page, drawer")
    printer.close()


@test("a printer that is off or out of paper holds up no sale, and prints when it is back")
def _(context):
    printer = ReceiptPrinter(paper=False)
    desk = studio(context, "print-4", printer.place)
    for _ in range(3):
        sale(desk)
    counts(desk, waiting=3)
    item = desk.items("print", "list")[0]
    equal((item["status"], item["problem"], item["attempts"]), ("waiting", "it is out of paper", 0), "the first")
    printer.paper = True
    counts(desk, printed=3)
    equal(printer.cuts, 3, "receipts")
    printer.close()
    sale(desk)
    counts(desk, waiting=1)
    again = ReceiptPrinter()
    desk.ok("printer", "set", "desk", "--at", again.place)
    counts(desk, printed=1)
    equal(again.cuts, 1, "receipts at the new place")
    again.close()


@test("killed in the midst, a printer that counts decides: what was not cut is printed again, once")
def _(context):
    printer = ReceiptPrinter(hold="picture")
    desk = studio(context, "print-5", printer.place)
    sale(desk)
    killed_while(desk, printer)
    equal(states(desk), ["sending"], "after the kill")
    equal(printer.cuts, 0, "cuts")
    printer.loses = True
    printer.let_go()
    counts(desk, printed=1)
    equal((printer.cuts, states(desk)), (1, []), "afterwards")
    printer.close()


@test("killed between the last byte and the note, it is not printed again")
def _(context):
    printer = ReceiptPrinter(hold="answer")
    desk = studio(context, "print-6", printer.place)
    sale(desk)
    killed_while(desk, printer)
    equal((printer.cuts, states(desk)), (1, ["sending"]), "after the kill")
    printer.let_go()
    counts(desk, printed=1)
    equal((printer.cuts, states(desk)), (1, []), "afterwards")
    printer.close()


@test("killed at a printer that says nothing, people are asked, and their word counts")
def _(context):
    printer = ReceiptPrinter(speaks=False, hold="picture")
    desk = studio(context, "print-7", printer.place)
    sale(desk)
    sale(desk)
    killed_while(desk, printer)
    printer.loses = True
    printer.let_go()
    before = printer.cuts
    counts(desk, printed=1, uncertain=1)
    equal(printer.cuts - before, 1, "the second sale's alone")
    job = desk.items("print", "list")[0]
    equal(job["status"], "uncertain", "the first")
    counts(desk)
    desk.ok("print", "retry", job["id"])
    counts(desk, printed=1)
    equal(printer.cuts - before, 2, "cuts")
    desk.refused("wrong_state", "print", "retry", job["id"])
    desk.refused("wrong_state", "print", "done", job["id"])
    printer.close()


@test("one that stalls is left after a while, and the desk goes on selling meanwhile")
def _(context):
    printer = ReceiptPrinter(speaks=False, hold="picture")
    desk = studio(context, "print-8", printer.place)
    for _ in range(2):
        sale(desk)
    runner = spawn(["--data", desk.directory, "--json", "print", "run", "--wait", "600"])
    check(printer.reached.wait(30), "the printer was never spoken to")
    sale(desk)
    equal(desk.ok("print", "run")["busy"], 1, "printers at work")
    os.killpg(runner.pid, signal.SIGKILL)
    runner.wait()
    one_of(states(desk)[0], ("sending", "uncertain"), "the first")
    equal(states(desk)[1:], ["waiting", "waiting"], "the others")
    printer.close()


@test("into a directory each receipt goes once, also when the program is killed at any moment")
def _(context):
    desk = studio(context, "print-9")
    place = desk.path("printed")
    os.mkdir(place)
    desk.ok("printer", "set", "archive", "--at", "dir:" + place, "--paper", "a4")
    for _ in range(6):
        sale(desk)
    for delay in (0.01, 0.05, 0.1, 0.2, 0.4):
        runner = spawn(["--data", desk.directory, "--json", "print", "run"])
        try:
            runner.wait(delay)
        except subprocess.TimeoutExpired:
            os.killpg(runner.pid, signal.SIGKILL)
            runner.wait()
    desk.ok("print", "run")
    equal(states(desk), [], "what is left")
    files = glob.glob(place + "/*.pdf")
    equal(len(files), 6, "files")
    for file in files:
        check("Receipt" in text_of(file), "a whole file")


@test("an erased member's receipts leave the queue")
def _(context):
    printer = ReceiptPrinter()
    desk = studio(context, "print-10", printer.place)
    member = desk.member()
    sale(desk, 15000, "--member", member)
    sale(desk)
    equal(len(states(desk)), 2, "jobs")
    desk.ok("member", "erase", member, "--reason", "asked for it")
    equal(len(states(desk)), 1, "jobs afterwards")
    counts(desk, printed=1)
    equal(printer.cuts, 1, "receipts")
    printer.close()


@test("printers are named, listed, changed and forgotten; not_allowed for reception")
def _(context):
    desk = studio(context, "print-11", "tcp:printer.example:9100")
    reception = desk.staff("receptionist")
    desk.refused("not_allowed", "printer", "set", "other", "--at", "/dev/usb/lp0", **reception)
    desk.refused("not_allowed", "printer", "remove", "desk", **reception)
    desk.refused("bad_input", "printer", "set", "Front Desk", "--at", "/dev/usb/lp0")
    desk.refused("bad_input", "printer", "set", "other", "--at", "somewhere")
    desk.refused("bad_input", "printer", "set", "other")
    equal(desk("printer", "set", "desk", "--paper", "letter", as_json=False).status, 2, "exit status")
    equal(desk("print", "run", "--wait", "0", as_json=False).status, 2, "exit status")
    desk.ok("printer", "set", "desk", "--paper", "58", "--cut", "no")
    item = desk.items("printer", "list")[0]
    equal((item["name"], item["at"], item["paper"], item["cut"], item["receipts"]),
          ("desk", "tcp:printer.example:9100", "58", False, True), "the printer")
    sale(desk)
    desk.refused("not_found", "printer", "test", "none")
    desk.refused("not_found", "printer", "remove", "none")
    desk.ok("printer", "remove", "desk")
    equal(desk.items("printer", "list"), [], "printers")
    equal(states(desk), [], "what waits")
    equal(states(desk, "--all"), ["cancelled"], "the whole list")
    desk.refused("not_found", "printer", "test")


def closed_till(desk, *words):
    desk.ok("till", "open", "--float", 10000, "--name", "Front")
    sale(desk, 11500)
    desk.ok("sell", "--item", "Mat", "--price", 700, "--method", "card")
    return desk.ok("till", "close", "--count", 21500, *words)


def archive(desk, name="archive"):
    """A printer that writes files: what they say."""
    place = desk.path(name)
    os.mkdir(place)
    desk.ok("printer", "set", name, "--at", "dir:" + place, "--paper", "a4", "--receipts")
    return lambda: [text_of(path).replace("\u00a0", " ") for path in sorted(glob.glob(place + "/*.pdf"))]


@test("a receipt says its lines and payments to programs, and goes into a file as a printer takes it")
def _(context):
    desk = studio(context, "print-12")
    sold = desk.ok("sell", "--item", "Grip socks", "--price", 7500, "--quantity", 2, "--method", "cash",
                   "--tendered", 20000)
    path = desk.path("receipt.bin")
    answer = desk.ok("receipt", sold["sale"], "--escpos", path)
    line, paid = answer["lines"], answer["payments"]
    equal([(each["description"], each["quantity"], each["price"], each["amount"]) for each in line],
          [("Grip socks", 200, 7500, 15000)], "lines")
    equal([(each["method"], each["amount"], each["tendered"], each["change"]) for each in paid],
          [("cash", 15000, 20000, 5000)], "payments")
    equal((answer["escpos"], answer["pdf"]), (path, None), "files")
    with open(path, "rb") as file:
        data = file.read()
    check(data.startswith(b"\x1b@") and b"\x1dv0" in data and b"\x1dV" in data, "set up, a picture, a cut")
    check(b"\x1bp" not in data, "the drawer stays shut")
    desk.ok("receipt", sold["sale"], "--escpos", path, "--paper", "58")
    check(0 < os.path.getsize(path) < len(data), "narrower paper takes fewer bytes")
    equal(desk("receipt", sold["sale"], "--escpos", path, "--paper", "a4").status, 2, "exit status")
    desk.refused("bad_input", "receipt", sold["sale"], "--escpos", desk.path("none/receipt.bin"))


@test("a till's cash-up is printed once, also when it is asked for again; wrong_state while it is open")
def _(context):
    desk = studio(context, "print-13")
    desk.refused("till_closed", "till", "close", "--count", 0)
    desk.ok("till", "open", "--float", 0)
    desk.refused("not_found", "till", "close", "--count", 0, "--print")  # no printer: and it is open still
    printed = archive(desk)
    desk.refused("wrong_state", "till", "show", "--print")
    desk.ok("till", "close", "--count", 0)
    told = closed_till(desk, "--print")
    desk.ok("till", "show", "--print")
    equal([each["kind"] for each in desk.items("print", "list")], ["receipt", "receipt", "cash_up"], "the queue")
    counts(desk, printed=3)
    text = next(text for text in printed() if "Cash-up" in text)
    for words in ("Front", "R 100,00", "R 115,00", "R 215,00", "R 7,00", "Card", "R 122,00"):
        check(words in text, f"{words!r} is not in:\n{text}")
    desk.ok("till", "show", "--till", told["id"], "--print")
    counts(desk)
    desk.ok("till", "show", "--till", told["id"][:8], "--print", "--copy")
    counts(desk, printed=1)
    equal(len([text for text in printed() if "Cash-up" in text]), 2, "cash-ups, a copy among them")


@test("a cash-up survives the end of the program, at a printer that counts: once")
def _(context):
    printer = ReceiptPrinter(hold="picture")
    desk = studio(context, "print-14")
    closed_till(desk)
    desk.ok("printer", "set", "desk", "--at", printer.place)
    desk.ok("till", "show", "--print")
    killed_while(desk, printer)
    equal(states(desk), ["sending"], "after the kill")
    printer.loses = True
    printer.let_go()
    counts(desk, printed=1)
    equal((printer.cuts, states(desk)), (1, []), "afterwards")
    printer.close()


@test("a report is printed each time it is asked for, of the same days and with the rights of who asked")
def _(context):
    desk = studio(context, "print-15")
    equal(desk("report", "revenue", "--printer", "archive").status, 2, "exit status")
    desk.refused("not_found", "report", "revenue", "--print")
    sale(desk)
    printed = archive(desk)
    finance = desk.staff("finance")
    first = desk.ok("report", "revenue", "--by", "method", "--print", **finance)
    equal([(each["kind"], each["status"]) for each in desk.items("print", "list")], [("report", "waiting")], "job")
    sale(desk, 2500)
    counts(desk, printed=2)
    text = next(text for text in printed() if "Revenue" in text)
    check("175.00" in text, f"the figures of now:\n{text}")
    check(first["from"] in text and first["to"] in text, f"the days that were asked for:\n{text}")
    desk.ok("report", "revenue", "--by", "method", "--print", "--printer", "archive", **finance)
    counts(desk, printed=1)
    desk.ok("report", "revenue", "--print", **finance)
    desk.ok("staff", "disable", finance["staff"])
    counts(desk, failed=1)
    check("no longer of the staff" in desk.items("print", "list")[0]["problem"], "why")


@test("an erased member's report leaves the queue")
def _(context):
    desk = studio(context, "print-16")
    archive(desk)
    member = desk.member()
    desk.ok("report", "member", member, "--print")
    equal(states(desk), ["waiting"], "jobs")
    desk.ok("member", "erase", member, "--reason", "asked for it")
    equal(states(desk), [], "jobs afterwards")


@test("what nobody can say of is in attention until somebody has looked at the paper")
def _(context):
    printer = ReceiptPrinter(speaks=False, hold="picture")
    desk = studio(context, "print-17", printer.place)
    sold = sale(desk)
    killed_while(desk, printer)
    printer.loses = True
    printer.let_go()

    def uncertain():
        return [each for each in desk.items("attention") if each["kind"] == "print_uncertain"]

    equal(uncertain(), [], "while it may still be asked")
    counts(desk, uncertain=1)
    job = desk.items("print", "list")[0]["id"]
    item = uncertain()[0]
    equal((item["print"], item["thing"]), (job, sold["sale"]), "what it is about")
    equal((item["device"], item["reason"]), ("desk", "it was cut off while it was sent"), "which printer, and why")
    desk.ok("print", "done", job)
    equal(uncertain(), [], "when it came out")
    for word in ("retry", "cancel"):
        held = ReceiptPrinter(speaks=False, hold="picture")
        desk.ok("printer", "set", "desk", "--at", held.place)
        sale(desk)
        killed_while(desk, held)
        held.loses = True
        held.let_go()
        counts(desk, uncertain=1)
        job = desk.items("print", "list")[0]["id"]
        equal(len(uncertain()), 1, "uncertain")
        desk.ok("print", word, job)
        equal(uncertain(), [], word)
        counts(desk, printed=1 if word == "retry" else 0)
        held.close()
    printer.close()


if __name__ == "__main__":
    sys.exit(main("print"))
