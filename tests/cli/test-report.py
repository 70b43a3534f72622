#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: the screen, JSON, CSV and the PDF print the same rows; days, splits and who may see them."""
import csv
import re
import subprocess
import sys

from contract import MORNING, check, days, equal, hours, main, minutes, rfc3339, test

REPORTS = [
    "today", "usual", "attendance", "utilisation", "revenue", "credits", "instructors", "popular", "at-risk",
    "retention", "locations", "funnel", "cash-up",
]
WAYS = {
    "attendance": ["class", "member", "slot"],
    "utilisation": ["hour", "weekday", "slot", "class"],
    "revenue": ["day", "month", "method", "class"],
    "credits": ["day", "month"],
}


def lived(context):
    """A studio with a day behind it: a class that was attended and one that was not, and money."""
    desk = context.new_studio()
    teacher = desk.ok("staff", "add", "--name", "Lerato", "--role", "instructor", "--pin", "482916",
                      "--rate-session", 20000, "--rate-head", 500)
    equal((teacher["rate_session"], teacher["rate_hour"], teacher["rate_head"]), (20000, None, 500), "rates")
    yoga = desk.service("--price", 11500, credits_hundredths=100, capacity=4)
    start = MORNING + hours(2)
    session = desk.session(yoga, start, "--instructor", teacher["id"])
    thandi, pieter = desk.member(first="Thandi"), desk.member(first="=Pieter")
    desk.credited(thandi, 500)
    booked = desk.book(thandi, session)["id"]
    desk.book(pieter, session, "--pay", "card")
    desk.ok("checkin", "--booking", booked, at=start)
    desk.now = MORNING + hours(5)
    return desk


def screen_rows(desk, answer, *words):
    """The lines of the table on the screen, cut where its columns begin."""
    shown = desk(*words, as_json=False)
    equal(shown.status, 0, "exit status")
    lines = shown.out.decode("utf-8").splitlines()
    titles = [column["title"] for column in answer["columns"]]
    return lines[0], lines[1], lines[2:2 + len(answer["items"]) + (answer["total"] is not None)], titles


def squeezed(text):
    """Without blanks of any kind: paper wraps and spaces as it likes."""
    return re.sub(r"\s+", "", text)


def is_printed(row, lines):
    """Whether a row begins with the first of these lines: figures in their order, narrow cells over several."""
    if squeezed(lines[0]) == squeezed("".join(row)):
        return True
    figures = [cell for cell in row if re.fullmatch(r"-?[0-9.:]+", cell)]
    if re.findall(r"(?<!\S)-?[0-9.:]+(?!\S)", lines[0]) != figures:
        return False
    wanted = sorted(squeezed("".join(row)))
    return any(sorted(squeezed("".join(lines[:count]))) == wanted for count in range(1, 6))


def same_rows(desk, context, *words):
    """Asserts cell by cell that the screen, CSV and the PDF say the same; gives the JSON."""
    file, paper = desk.path("report.csv"), desk.path("report.pdf")
    answer = desk.ok("report", *words, "--csv", file, "--pdf", paper)
    equal((answer["csv"], answer["pdf"]), (file, paper), "files")
    with open(file, encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    equal(rows[0], [column["name"] for column in answer["columns"]], "names of the columns")
    rows = [[cell[1:] if re.match("'[=+@-]", cell) else cell for cell in row] for row in rows[1:]]
    wanted = answer["items"] + ([answer["total"]] if answer["total"] is not None else [])
    equal(len(rows), len(wanted), "rows of the file")
    for row, item in zip(rows, wanted):
        for column, cell in zip(answer["columns"], row):
            value = item[column["name"]]
            if value is None:
                check(cell in ("", "Total"), f"nothing should be empty: {cell}")
            elif column["kind"] == "cents":
                equal(int(cell.replace(".", "")), value, column["name"])
            elif column["kind"] == "permille":
                equal(int(cell.replace(".", "")), value, column["name"])
            elif column["kind"] in ("count", "text", "date"):
                equal(cell, str(value), column["name"])
            elif column["kind"] == "time":
                equal(cell, value[:16].replace("T", " "), column["name"])
    heading, _, lines, _ = screen_rows(desk, answer, "report", *words)
    check(heading.endswith("(ZAR)"), heading)
    equal(len(lines), len(rows) if rows else 0, "lines on the screen")
    for line, row in zip(lines, rows):
        equal(squeezed(line), squeezed("".join(row)), "a line on the screen")
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True).stdout.decode("utf-8")
    printed = text.splitlines()
    for row in rows:
        check(any(is_printed(row, printed[i:]) for i in range(len(printed))), f"not on paper: {row}\n{text}")
    return answer


@test("the screen, CSV and the PDF print the same rows")
def _(context):
    desk = lived(context)
    for name in REPORTS:
        for way in WAYS.get(name, [None]):
            same_rows(desk, context, name, *(["--by", way] if way else []))


@test("figures are those of the studio")
def _(context):
    desk = lived(context)
    yoga = desk.items("report", "attendance")[0]
    equal((yoga["bookings"], yoga["attended"], yoga["no_shows"], yoga["attendance_permille"]), (2, 1, 1, 500), "yoga")
    earned = desk.ok("report", "revenue")["total"]
    equal((earned["vat_cents"] + earned["net_cents"]), earned["revenue_cents"], "VAT and the rest")
    by_method = {item["method"]: item["taken_cents"] for item in desk.items("report", "revenue", "--by", "method")}
    equal(sum(by_method.values()), earned["sold_cents"], "what was paid is what was sold")
    pay = desk.items("report", "instructors")[0]
    equal((pay["instructor"], pay["pay_cents"], pay["minutes"]), ("Lerato", 20500, 60), "pay")
    today = desk.ok("report", "today")
    equal([(item["state"], item["confirmed"], item["came"]) for item in today["items"]], [("completed", 2, 1)], "today")
    equal((today["from"], today["to"], today["by"]), (None, None, None), "no dates")


@test("a member has a rate and favourites")
def _(context):
    desk = lived(context)
    thandi = desk.items("member", "list", "--search", "Thandi")[0]["id"]
    told = same_rows(desk, context, "member", thandi)
    check(told["about"].startswith("Thandi"), told["about"])
    equal((told["total"]["attended"], told["total"]["attendance_permille"]), (1, 1000), "rate")
    equal(told["items"][0]["last"], "2026-03-02", "last visit")
    desk.refused("not_found", "report", "member", "00000000-0000-8000-8000-000000000000")


@test("an empty studio has reports")
def _(context):
    desk = context.new_studio()
    for name in REPORTS:
        told = same_rows(desk, context, name)
        check(all(item.get("sessions", 0) == 0 for item in told["items"]), name)


@test("dates that are none, or out of range, are bad input")
def _(context):
    desk = context.studio()
    for words in (
        ["--from", "2026-02-30"], ["--from", "tomorrow"], ["--to", "2100-01-01"], ["--from", "1989-12-31"],
        ["--from", "2026-03-03", "--to", "2026-03-02"], ["--by", "colour"],
    ):
        desk.refused("bad_input", "report", "attendance", *words)
    desk.refused("bad_input", "report", "today", "--from", "2026-03-02")
    desk.refused("bad_input", "report", "weather")
    desk.refused("bad_input", "report", "popular", "--csv", desk.path("nowhere/report.csv"))
    desk.refused("bad_input", "report", "popular", "--pdf", desk.path("nowhere/report.pdf"))
    desk.refused("not_found", "report", "popular", "--location", "00000000-0000-8000-8000-000000000000")


@test("each role sees its own reports, or not_allowed")
def _(context):
    desk = context.new_studio()
    for role, seen in (
        ("instructor", {"instructors"}), ("receptionist", {"today"}), ("finance", {"revenue", "credits", "cash-up"}),
        ("manager", set(REPORTS)), ("owner", set(REPORTS)),
    ):
        staff = desk.staff(role)
        for name in REPORTS:
            if name in seen:
                desk.ok("report", name, **staff)
            else:
                desk.refused("not_allowed", "report", name, **staff)


@test("a session belongs to the day on which it starts, also over midnight")
def _(context):
    desk = context.new_studio()
    late = MORNING + hours(17) + minutes(30)  # 23:30
    desk.free_class(late, duration=60, capacity=3)
    desk.now = MORNING + days(2)
    for day, offered in (("2026-03-02", 3), ("2026-03-03", None)):
        total = desk.ok("report", "utilisation", "--from", day, "--to", day)["total"]
        equal(total["offered"] if total else None, offered, day)
    equal(len(desk.items("report", "today", at=late + minutes(45))), 1, "still on after midnight")
    equal(rfc3339(late)[:10], "2026-03-02", "the test's own day")


if __name__ == "__main__":
    sys.exit(main("report"))
