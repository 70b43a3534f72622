#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A studio moves in and out: CSV files, all or nothing, each bad row by its line."""
import csv
import os
import sys

from contract import EXIT_DONE, EXIT_INPUT, EXIT_USAGE, MORNING, check, days, equal, hours, main, minutes, rfc3339, test


def write(context, text, name="in.csv"):
    path = os.path.join(context.place, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refused(answer):
    return [(row["line"], row["reason"].split(":")[0]) for row in answer.json["refused"]]


def take(desk, kind, path, *words, **options):
    """Imports what must be taken; gives the answer."""
    answer = desk.ok("import", kind, path, *words, **options)
    equal(answer["refused"], [], "refused")
    return answer


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bad_file(desk, kind, path, line=None, words=()):
    """A file that is none: the whole is refused, and nothing has changed."""
    before = desk.hash()
    for dry in ((), ("--dry-run",)):
        answer = desk("import", kind, path, *dry)
        equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), f"answer\n{answer}\n")
        equal(answer.error["file"], path, "file")
        check(answer.error["reason"], f"without a reason\n{answer}")
        if line is not None:
            equal(answer.error["line"], line, f"line\n{answer}\n")
        for word in words:
            check(word in answer.error["reason"], f"the reason does not say {word!r}\n{answer}")
    equal(desk.hash(), before, "state hash")


@test("members come from a file with semicolons, quotes, a BOM and CRLF")
def _(context):
    desk = context.new_studio()
    path = write(
        context,
        "\ufeffFirst;LAST; Phone ;E-Mail;notes\r\n"
        '"Zoë";O\'Neil;082 123 4567;zoe@x.example;"likes; ""quiet""\r\nmornings"\r\n'
        "\r\n"
        "Bo;Smit;+27831112222;;\r\n",
    )
    answer = take(desk, "members", path)
    equal((answer["accepted"], answer["encoding"]), (2, "utf-8"), "answer")
    found = {item["first"]: item for item in desk.items("member", "list")}
    equal(found["Zoë"]["phone"], "+27821234567", "phone")
    equal(desk.ok("member", "show", found["Zoë"]["id"])["notes"], 'likes; "quiet" mornings', "notes")
    equal(found["Bo"]["status"], "active", "status")
    desk.verified()


@test("Windows-1252 is read as such, and the answer says so")
def _(context):
    desk = context.new_studio()
    path = write(context, "first\tlast\nZoë\tGröße–1\n".encode("cp1252"))
    equal(take(desk, "members", path)["encoding"], "windows-1252", "encoding")
    equal([(m["first"], m["last"]) for m in desk.items("member", "list")], [("Zoë", "Größe–1")], "members")


@test("each row that is refused is named, and nothing is written")
def _(context):
    desk = context.new_studio()
    desk.member("--phone", "0820000009")
    path = write(
        context,
        "first,last,phone,email,birth_date\n"
        "A,One,0820000001,,\n"
        'B,"Two\nlines",0820000001,,\n'
        "C,Three,12,,\n"
        ",Four,,,\n"
        "E,Five,,nobody,\n"
        "F,Six,,,1990-02-30\n"
        "G,Seven,0820000009,,\n"
        "H,Eight,,,,too much\n",
    )
    wanted = [
        (3, "possible_duplicate"),
        (5, "bad_input"),
        (6, "bad_input"),
        (7, "bad_input"),
        (8, "bad_input"),
        (9, "possible_duplicate"),
        (10, "bad_input"),
    ]
    before = desk.hash()
    dry = desk("import", "members", path, "--dry-run")
    equal(dry.status, EXIT_DONE, f"exit status of a dry run\n{dry}\n")
    equal((dry.json["accepted"], refused(dry)), (1, wanted), "a dry run")
    meant = desk("import", "members", path)
    equal((meant.status, meant.code), (EXIT_INPUT, "bad_input"), f"answer\n{meant}\n")
    equal((meant.json["accepted"], refused(meant)), (0, wanted), "for real")
    equal((meant.error["file"], meant.error["line"]), (path, 3), "the first of them")
    equal(meant.json["refused"][0]["other_line"], 2, "the row that it doubles")
    equal(desk.hash(), before, "state hash")
    people = desk("import", "members", path, as_json=False)
    check(people.status == EXIT_INPUT and b"possible_duplicate" in people.out, f"for people\n{people}")
    equal(len(desk.items("member", "list")), 1, "members")
    answer = desk("import", "members", path, "--dry-run", "--anyway")
    equal([row for row in refused(answer) if row[1] == "possible_duplicate"], [], "duplicates, anyway")


@test("bad_input: files that are no such CSV, with the line")
def _(context):
    desk = context.new_studio()

    def bad(text, line=None, *words, kind="members"):
        bad_file(desk, kind, write(context, text), line, words)

    bad("", 1, "empty")
    bad("\ufeff\r\n\r\n", 1, "empty")
    bad("first,last,shoe size,colour\nA,B,1,2\n", 1, "shoe size", "colour")
    bad("phone\n082\n", 1, "first", "last")
    bad("first,last,Last\nA,B,C\n", 1, "Last", "twice")
    bad("first,,last\nA,B,C\n", 1, "column 2")
    bad('first,last\nA,B\n"C,D\nE,F\n', 3, "quote")
    bad('first,last\n"A"B,C\n', 2, "quote")
    bad("first,last\nA,B\nC\0D,E\n", 3, "NUL")
    bad("first,last\nA,B\n".encode("utf-16"), 1, "UTF-16")
    bad(b"first,last\nA,B\n\x81,C\n", 3, "UTF-8")
    bad("first,last\nA,B\n" + "x," * 100_000, 3, "columns")
    bad(",".join(f"c{i}" for i in range(100_000)), 1, "columns")
    bad("first,last\nA," + "x" * 2_000_000 + "\n", 2, "longer")
    bad("member,service\n1,2\n", 1, "session", kind="bookings")
    bad("service\nYoga\n", 1, "start", kind="schedule")
    bad_file(desk, "members", os.path.join(context.place, "none.csv"))
    bad_file(desk, "members", context.place)
    equal(desk("import", "horses", "x.csv").status, EXIT_USAGE, "exit status for an unknown kind")


@test("a line of a gigabyte is refused at once")
def _(context):
    desk = context.new_studio()
    path = write(context, "first,last\nA,B\n")
    with open(path, "r+b") as file:
        file.seek(0, os.SEEK_END)
        for _ in range(72):
            file.write(b"x" * (1 << 20))
        file.truncate(1 << 30)
    bad_file(desk, "members", path, 3, ["longer"])


@test("the same key imports once, and keeps a refusal too")
def _(context):
    desk = context.new_studio()
    good, bad = write(context, "first,last\nA,B\n"), write(context, "first,last\nC,D\nE,\n", "bad.csv")
    first = desk("import", "members", good, key="one")
    os.unlink(good)
    again = desk("import", "members", good, key="one")
    equal((again.status, again.out), (EXIT_DONE, first.out), "the same answer again")
    first = desk("import", "members", bad, key="two")
    again = desk("import", "members", bad, key="two")
    equal((first.status, again.status, again.out), (EXIT_INPUT, EXIT_INPUT, first.out), "the same refusal again")
    equal(len(desk.items("member", "list")), 1, "members")
    desk.refused("key_reused", "import", "members", bad, "--dry-run", key="two")
    desk.verified()


@test("a schedule comes by names, with rules, all or none")
def _(context):
    desk = context.new_studio()
    desk.ok("room", "add", "--name", "Studio 1")
    desk.ok("staff", "add", "--name", "Anja Botha", "--role", "instructor", "--pin", "482916")
    desk.service(capacity=12)
    name = desk.items("service", "list")[0]["name"]
    good = write(
        context,
        "service,start,room,instructor,rrule,until,capacity,state,location\n"
        f"{name.upper()},2026-03-03T07:00,studio 1,anja botha,FREQ=WEEKLY,2026-03-24,8,,sea point\n"
        f"{name},2026-03-04T07:00:00+01:00,,,,,,draft,\n"
        f"{name},2026-03-05T07:00,,,,,,cancelled,\n",
    )
    answer = take(desk, "schedule", good)
    equal((answer["accepted"], answer["skipped"]), (2, 1), "answer")
    sessions = desk.items("session", "list", "--from", "2026-03-01T00:00", "--to", "2026-04-30T00:00")
    equal(len(sessions), 5, "sessions")
    equal(sessions[0]["start"], "2026-03-03T07:00:00+02:00", "start")
    equal(sessions[1]["state"], "draft", "state")
    bad = write(
        context,
        "service,start,room,rrule,until\n"
        f"{name},2026-03-10T07:30,Studio 1,,\n"
        f"{name},2026-03-02T07:30,Studio 1,FREQ=DAILY,2026-03-12\n"
        "Nothing,2026-03-02T09:00,,,\n"
        f"{name},yesterday,,,\n"
        f"{name},2026-03-02T09:00,,FREQ=SECONDLY,\n",
        "bad.csv",
    )
    before = desk.hash()
    answer = desk("import", "schedule", bad)
    equal(
        refused(answer),
        [(2, "room_busy"), (3, "room_busy"), (4, "not_found"), (5, "bad_input"), (6, "bad_input")],
        f"refused\n{answer}\n",
    )
    equal(desk.hash(), before, "state hash")
    desk.verified()


@test("wrong_currency: packages with prices of another country")
def _(context):
    desk = context.new_studio()
    rows = "name,credits,price,days,currency\nTen,1000,95000,60,EUR\nFive,500,50000,60,zar\nOne,100,11000,60,\n"
    answer = desk("import", "packages", write(context, rows))
    equal(refused(answer), [(2, "wrong_currency")], f"refused\n{answer}\n")
    equal(desk.items("package", "list"), [], "packages")
    take(desk, "packages", write(context, rows.replace("EUR", "ZAR")))
    equal(len(desk.items("package", "list")), 3, "packages")


@test("packages, opening balances and bookings come; credits are taken only where it says so")
def _(context):
    desk = context.new_studio()
    take(desk, "packages", write(context, "name,credits,price,days\nTen,1000,95000,60\n"))
    equal([(p["credits"], p["price"]) for p in desk.items("package", "list")], [(1000, 95000)], "packages")
    session = desk.session(desk.service(credits_hundredths=100, capacity=3), MORNING + days(20))
    name = desk.items("service", "list")[0]["name"]
    take(desk, "members", write(context, "first,last,phone\nA,One,0820000001\nB,Two,0820000002\nC,Three,0820000003\n"))
    take(desk, "credits", write(context, "member,credits,expires\n0820000001,500,2026-12-31\n+27820000002,200,\n"))
    ids = {m["first"]: m["id"] for m in desk.items("member", "list")}
    equal((desk.balance(ids["A"]), desk.balance(ids["B"])), (500, 200), "opening balances")
    equal(desk.ok("credits", ids["A"])["lots"][0]["expires"], "2027-01-01T00:00:00+02:00", "expiry: the whole day")
    start = rfc3339(MORNING + days(20))
    rows = f"0820000001,{session},,,,\n{ids['B']},,{name},{start},Gast,yes\n"
    take(desk, "bookings", write(context, "member,session,service,start,guests,credits\n" + rows))
    equal((desk.balance(ids["A"]), desk.balance(ids["B"])), (500, 0), "balances")
    equal(desk.ok("session", "show", session)["free"], 0, "free")
    answer = desk("import", "bookings", write(context, f"member,session\n0820000003,{session}\n0820000001,{session}\n"))
    equal(refused(answer), [(2, "class_full"), (3, "already_booked")], f"refused\n{answer}\n")
    late = desk("import", "bookings", write(context, f"member,session\n0820000003,{session}\n"), at=MORNING + days(21))
    equal(refused(late), [(2, "session_not_open")], f"after it\n{late}\n")
    answer = desk("import", "credits", write(context, "member,credits\nnobody,100\n0829999999,1\n0820000001,1.5\n"))
    equal(refused(answer), [(2, "bad_input"), (3, "not_found"), (4, "bad_input")], f"credits\n{answer}\n")
    desk.verified()


@test("what is exported comes back: names that are formulas, and telephone numbers")
def _(context):
    desk = context.new_studio()
    names = ["=1+1", "+27", "-1", "@x", "'=y", "O'Neil", 'say "hi", Bo; you', "Zoë"]
    for i, name in enumerate(names):
        desk.ok("member", "add", f"--first={name}", f"--last={name}", "--phone", f"+2782000000{i}")
    where = os.path.join(context.place, "out")
    desk.ok("export", "all", where)
    for file in os.listdir(where):
        equal(os.stat(os.path.join(where, file)).st_mode & 0o777, 0o600, f"mode of {file}")
        for row in read(os.path.join(where, file)):
            for cell in row.values():
                check(not cell or cell[0] not in "=+-@\t\r", f"a formula in {file}: {cell!r}")
    other = context.new_studio("other")
    equal(take(other, "members", os.path.join(where, "members.csv"))["accepted"], len(names), "accepted")
    wanted = sorted((m["first"], m["last"], m["phone"]) for m in desk.items("member", "list"))
    equal(sorted((m["first"], m["last"], m["phone"]) for m in other.items("member", "list")), wanted, "members")


@test("plans and memberships come back as they went, all or none")
def _(context):
    desk = context.new_studio()
    member, other_member = (desk.member("--phone", phone) for phone in ("0825550100", "0825550101"))
    plan = ("plan", "add", "--period", "monthly", "--price", 90000)
    every = desk.ok(*plan, "--name", "All", "--kind", "unlimited", "--joining", 5000, "--open-gym", "yes")["id"]
    old = desk.ok(*plan, "--name", "Old", "--kind", "credits", "--credits", 800)["id"]
    desk.ok("sell", "--plan", every, "--member", member, "--method", "cash", "--collect", "eft", "--price", 80000)
    desk.ok("membership", "start", "--member", other_member, "--plan", old, "--paid-until", rfc3339(MORNING + days(20)))
    one = desk.items("membership", "show", other_member)[0]["id"]
    desk.ok("membership", "freeze", one, "--until", rfc3339(MORNING + days(10)))
    desk.ok("plan", "edit", old, "--active", "no")
    where = os.path.join(context.place, "out")
    desk.ok("export", "all", where)
    other = context.new_studio("other")
    plans, memberships = (os.path.join(where, kind + ".csv") for kind in ("plans", "memberships"))
    take(other, "members", os.path.join(where, "members.csv"))
    answer = other("import", "memberships", memberships)
    equal((answer.status, refused(answer)), (EXIT_INPUT, [(2, "not_found"), (3, "not_found")]), f"answer\n{answer}\n")
    before = other.hash()
    equal(take(other, "plans", plans, "--dry-run")["accepted"], 2, "plans that would come")
    equal(other.hash(), before, "state hash")
    take(other, "plans", plans)
    take(other, "memberships", memberships)
    for kind, path in (("plans", plans), ("memberships", memberships)):
        back = os.path.join(context.place, kind + "-back.csv")
        other.ok("export", kind, back)
        rows, wanted = read(back), read(path)
        for row in rows + wanted:
            del row["id"]
            row.pop("plan_id", None)
        equal(rows, wanted, kind)
    answer = other("import", "memberships", memberships)
    equal(refused(answer), [(2, "wrong_state"), (3, "wrong_state")], f"the same again\n{answer}\n")


@test("packages come back with their limits, members with their instructor")
def _(context):
    desk = context.new_studio()
    ida = desk.ok("staff", "add", "--name", "Ida", "--role", "instructor", "--pin", "482916")["id"]
    far = desk.ok("location", "add", "--name", "Far")["id"]
    limits = ("--per-member", 1, "--new-only", "yes", "--location", far)
    desk.ok("package", "add", "--name", "Intro", "--credits", 300, "--price", 100, "--days", 14, *limits)
    desk.ok("package", "add", "--name", "Ten", "--credits", 1000, "--price", 900, "--days", 90, "--renews", "yes")
    desk.member("--instructor", ida)
    where = os.path.join(context.place, "out")
    desk.ok("export", "all", where)
    intro, ten = read(os.path.join(where, "packages.csv"))
    columns = ("locations", "per_member", "new_only", "renews")
    equal([intro[column] for column in columns], ["Far", "1", "yes", "no"], "intro")
    equal([ten[column] for column in columns], ["", "", "no", "yes"], "ten")
    other = context.new_studio("other")
    answer = other("import", "packages", os.path.join(where, "packages.csv"))
    equal(refused(answer), [(2, "not_found")], f"a location that is not there\n{answer}\n")
    other.ok("location", "add", "--name", "Far")
    other.ok("staff", "add", "--name", "Ida", "--role", "instructor", "--pin", "482916")
    for kind in ("packages", "members"):
        take(other, kind, os.path.join(where, kind + ".csv"))
        back = os.path.join(context.place, kind + "-back.csv")
        other.ok("export", kind, back)
        rows, wanted = read(back), read(os.path.join(where, kind + ".csv"))
        for row in rows + wanted:
            del row["id"]
            row.pop("since", None)  # for people to read: whoever is taken in is new here
        equal(rows, wanted, kind)
    check(read(back)[0]["instructor"] == "Ida", "the instructor is not named")


@test("what is arranged, set and has happened is exported too")
def _(context):
    desk = context.new_studio()
    ida = desk.ok("staff", "add", "--name", "Ida", "--role", "instructor", "--pin", "482916")["id"]
    personal = desk.service(kind="one_to_one", capacity=1)
    mats = desk.service("--equipment", "mats", "--price", 9000, "--member-price", 8000, credits_hundredths=100)
    member = desk.member("--phone", "0821234567")
    week = ("--instructor", ida, "--weekday", "tue", "--from", "09:00", "--to", "12:00", "--valid-until", "2026-05-31")
    desk.ok("availability", "add", *week, "--staff-only")
    desk.ok("request", "add", "--member", member, "--service", personal, "--instructor", ida,
            "--time", "2026-03-03T09:00:00", "--time", "2026-03-03T10:00:00")
    desk.ok("standing", "add", "--member", member, "--service", mats, "--weekday", "mon", "--time", "18:00",
            "--until", "2026-04-13")
    plan = desk.ok("plan", "add", "--name", "All", "--kind", "unlimited", "--period", "monthly", "--price", 90000)["id"]
    desk.ok("membership", "start", "--member", member, "--plan", plan)
    desk.ok("policy", "set", "hold_minutes", 7, "--service", mats)
    desk.credited(member, 500)
    session = desk.session(desk.service(), MORNING + minutes(10))
    desk.book(member, session)
    desk.ok("checkin", "--member", member)
    where = os.path.join(context.place, "out")
    counts = {item["kind"]: item["rows"] for item in desk.ok("export", "all", where)["items"]}
    rows = {kind: read(os.path.join(where, kind + ".csv")) for kind in counts}
    for kind in counts:
        equal(len(rows[kind]), counts[kind], kind)
    block = rows["availability"][0]
    equal([block[key] for key in ("instructor", "weekday", "from", "to", "bookable", "valid_from", "valid_until")],
          ["Ida", "tue", "09:00", "12:00", "no", "", "2026-05-31"], "availability")
    request = rows["requests"][0]
    equal((request["member"], request["state"]), ("'+27821234567", "open"), "request")
    equal(request["times"], "2026-03-03T09:00:00+02:00; 2026-03-03T10:00:00+02:00", "times")
    equal([rows["standing"][0][key] for key in ("weekday", "time", "spots", "active")], ["mon", "18:00", "1", "yes"],
          "standing")
    equal([rows["plans"][0][key] for key in ("name", "kind", "price")], ["All", "unlimited", "90000"], "plan")
    equal([rows["memberships"][0][key] for key in ("plan", "status")], ["All", "active"], "membership")
    set_here = [row for row in rows["policies"] if row["scope"] == "service"]
    equal([(row["policy"], row["value"]) for row in set_here], [("hold_minutes", "7")], "policy")
    equal([(row["kind"], row["amount"]) for row in rows["entries"]], [("purchase", "500")], "entries")
    equal([rows["visits"][0][key] for key in ("member", "late", "undone")], ["'+27821234567", "no", "no"], "visit")
    service = next(row for row in rows["services"] if row["id"] == mats)
    equal([service[key] for key in ("equipment", "member_price", "peak_price", "parq")], ["mats", "8000", "", "no"],
          "service")


@test("everything is exported: what was booked, paid and left")
def _(context):
    desk = context.new_studio()
    member = desk.member("--phone", "0821234567")
    session = desk.session(desk.service(credits_hundredths=100), MORNING + hours(30))
    desk.credited(member, 500)
    desk.book(member, session)
    where = os.path.join(context.place, "out")
    counts = {item["kind"]: item["rows"] for item in desk.ok("export", "all", where)["items"]}
    for kind in ("members", "schedule", "packages", "credits", "bookings", "payments", "services", "places", "staff"):
        equal(counts[kind], len(read(os.path.join(where, kind + ".csv"))), kind)
    booking = read(os.path.join(where, "bookings.csv"))[0]
    equal((booking["member"], booking["status"], booking["spent"]), ("'+27821234567", "confirmed", "100"), "booking")
    equal(read(os.path.join(where, "credits.csv"))[0]["credits"], "400", "credits left")
    equal(read(os.path.join(where, "payments.csv"))[0]["amount"], "90000", "payment")
    one = desk.ok("export", "members", os.path.join(where, "mine.csv"))
    equal(one["items"], [{"kind": "members", "file": os.path.join(where, "mine.csv"), "rows": 1}], "one file")
    before = desk.hash()
    equal(desk("export", "members", os.path.join(where, "none", "x.csv")).code, "bad_input", "no such directory")
    equal(desk.hash(), before, "state hash")


@test("not_allowed: roles hold for files as by hand")
def _(context):
    desk = context.new_studio()
    reception, finance = desk.staff("receptionist", "482916"), desk.staff("finance", "482917")
    instructor = desk.staff("instructor", "482918")
    where = os.path.join(context.place, "out.csv")
    members = write(context, "first,last\nA,B\n")
    desk.refused("not_allowed", "import", "members", members, **finance)
    desk.refused("not_allowed", "import", "members", members, "--dry-run", **instructor)
    desk.ok("import", "members", members, **reception)
    packages = write(context, "name,credits,price,days\nTen,1000,1,60\n")
    desk.refused("not_allowed", "import", "packages", packages, **reception)
    desk.refused("not_allowed", "export", "bookings", where, **instructor)
    desk.refused("not_allowed", "export", "payments", where, **reception)
    check(not os.path.exists(where), "a file was written")
    desk.ok("export", "payments", where, **finance)
    equal(desk.ok("export", "members", where, **instructor)["items"][0]["rows"], 0, "an instructor's own members")
    desk.refused("not_allowed", "export", "all", os.path.join(context.place, "all"), **reception)
    check(not os.path.exists(os.path.join(context.place, "all")), "a directory was made")


if __name__ == "__main__":
    sys.exit(main("import"))
