# SPDX-License-Identifier: GPL-3.0-or-later
"""What the source must keep to and no compiler checks. Each check takes a Tree and gives what is wrong, a line each.

test-lint.py runs every check on a bad example, which it must catch, and on this project.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

LINE_MAX = 120
FUNCTION_LINES_MAX = 70

# Which rooms a room may include; what is not named here is a library of its own or forbidden below.
ROOMS = {
    "src/core": {"core"},
    "src/store": {"core", "store"},
    "src/oplog": {"core", "store", "oplog", "scan"},
    "src/scan": {"core", "scan"},
    "src/print": {"core", "scan", "print"},
    "src/engine": {"core", "store", "oplog", "engine", "scan", "print"},
    "src/sender": {"core", "engine", "sender"},
    "src/printing": {"core", "engine", "print", "printing"},
    "src/cli": {"core", "engine", "scan", "print", "printing", "sender", "cli", "agent", "client"},
    "src/kiosk": {"core", "engine", "scan", "agent", "print", "printing", "kiosk", "ui", "widgets"},
    "ui": {"core", "engine", "scan", "print", "ui", "widgets"},
}
NO_SCREEN_OR_NETWORK = ("src/core", "src/store", "src/oplog", "src/engine")
NO_STORAGE = ("ui", "src/kiosk", "src/cli")
# The log and the engine know the format of codes (a library of its own beside src/scan), never pictures or cameras; and
# what a document says (one beside src/print), never fonts or printers.
PLAIN_HEADERS = {"scan/code.h", "scan/code-picture.h", "print/document.h", "print/payment-code.h",
                 "print/problem.h"}
NO_CAMERA_OR_PAPER = NO_SCREEN_OR_NETWORK + ("src/print",)

SOURCE = (".c", ".h", ".py", ".sh", ".ui", ".css", ".sql", ".build", ".po", ".xml", ".1", ".8", ".service")
TEXT = SOURCE + (".md", ".txt", ".desktop", ".json", ".in", ".svg", ".supp", "")


class Tree:
    """The files of a checkout, without what is built or kept by others."""

    def __init__(self, root):
        self.root = root
        self.names = []
        for folder, folders, names in os.walk(root):
            here = os.path.relpath(folder, root)
            folders[:] = sorted(
                each
                for each in folders
                if each not in (".git", "__pycache__") and not (here == "." and each.startswith("build"))
            )
            self.names += [os.path.normpath(os.path.join(here, each)) for each in sorted(names)]
        self.texts = {}

    def files(self, *suffixes, under=()):
        for name in self.names:
            if suffixes and os.path.splitext(name)[1] not in suffixes:
                continue
            if under and not any(name.startswith(each.rstrip("/") + "/") for each in under):
                continue
            yield name

    def path(self, name):
        return os.path.join(self.root, name)

    def has(self, name):
        return os.path.exists(self.path(name))

    def text(self, name):
        if name not in self.texts:
            try:
                with open(self.path(name), encoding="utf-8") as file:
                    self.texts[name] = file.read()
            except (UnicodeDecodeError, OSError):
                self.texts[name] = ""
        return self.texts[name]

    def lines(self, name):
        return self.text(name).splitlines()


def without_comments(text):
    """C text with comments blanked out, lines kept; strings stay."""
    return re.sub(
        r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*',
        lambda found: found.group() if found.group()[0] in "\"'" else re.sub(r"[^\n]", " ", found.group()),
        text,
        flags=re.DOTALL,
    )


def without_strings(text):
    return re.sub(
        r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', lambda found: '""' + " " * (len(found.group()) - 2), text
    )


class Function:
    """One function definition of a C file in our style: return type, name and brace each at the start of a line."""

    def __init__(self, name, first, last, static, documented):
        self.name, self.first, self.last, self.static, self.documented = name, first, last, static, documented

    @property
    def count(self):
        return self.last - self.first + 1


def functions(text):
    """The functions defined in a C text."""
    lines = text.splitlines()
    bare = without_strings(without_comments(text)).splitlines()
    found = []
    for number, line in enumerate(bare):
        if line.rstrip() != "{":
            continue
        head = number - 1
        while (
            head > 0
            and bare[head].strip()
            and not bare[head].startswith(("}", "#"))
            and not bare[head].rstrip().endswith(";")
        ):
            head -= 1
        signature = " ".join(bare[head + 1 : number])
        match = re.search(
            r"(\w+)\s*\(", re.sub(r"G_GNUC_\w+(\s*\([^)]*\))?|__attribute__\s*\(\(.*?\)\)", " ", signature)
        )
        if not match or match.group(1) in ("if", "for", "while", "switch", "struct", "enum", "union"):
            continue
        last = number
        while last < len(bare) and not bare[last].startswith("}"):
            last += 1
        above = head
        while above > 0 and not lines[above].strip():
            above -= 1
        documented = lines[above].rstrip().endswith("*/") or lines[above].lstrip().startswith("//")
        found.append(
            Function(
                match.group(1), number, min(last, len(lines) - 1), bool(re.search(r"\bstatic\b", signature)), documented
            )
        )
    return found


# --- the checks ---


def check_licence(tree):
    """Every source file names its licence in its first lines."""
    for name in tree.files():
        suffix = os.path.splitext(name)[1]
        script = suffix == "" and tree.text(name).startswith("#!")
        if (suffix in SOURCE or script) and "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(
            tree.lines(name)[:4]
        ):
            yield f"{name}: no SPDX line"


def check_alone(tree):
    """The project names nothing of the machine or the people around it."""
    # Written in halves, so that this file does not find itself.
    words = [
        ".." + "/shared",
        "/wo" + "rk/",
        "/fa" + "rm/",
        "/tmp/" + "build-",
        "py" + "env",
        "chat" + "gpt",
        "clau" + "de",
        "open" + "ai",
    ]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    for name in tree.files(*TEXT):
        for number, line in enumerate(tree.lines(name), 1):
            match = pattern.search(line)
            if match:
                yield f"{name}:{number}: names {match.group()!r}"


def check_unfinished(tree):
    """Nothing is left to be done later, and no test is switched off."""
    words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
    pattern = re.compile(r"\b(" + "|".join(words) + r")\b")
    skip = re.compile(r"g_test_skip\s*\(\s*\"(?!hardware)|g_test_incomplete")
    for name in tree.files(*TEXT):
        if name.endswith(".po") or name.startswith(("tests/lint/", "tests/run-suites")):
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if pattern.search(line):
                yield f"{name}:{number}: left unfinished"
            if skip.search(line):
                yield f"{name}:{number}: a test is skipped without hardware being missing"


def check_layers(tree):
    """Arrows between rooms point one way; nothing of the engine or below knows screens, cameras or the network."""
    outside = re.compile(r"#\s*include\s*<(gtk/|gdk/|adwaita|curl/|gst/|zbar|microhttpd)")
    drawing = re.compile(r"#\s*include\s*<(cairo|pango|fontconfig)")
    inside = re.compile(r'#\s*include\s*"([^"]+)"')
    for room, allowed in ROOMS.items():
        for name in tree.files(".c", ".h", under=[room]):
            for number, line in enumerate(tree.lines(name), 1):
                if (room in NO_CAMERA_OR_PAPER and outside.search(line)) or (
                    room in NO_SCREEN_OR_NETWORK and drawing.search(line)
                ):
                    yield f"{name}:{number}: {line.strip()}"
                match = inside.search(line)
                if not match or "/" not in match.group(1):
                    continue
                target = match.group(1)
                if target.split("/")[0] not in allowed:
                    yield f"{name}:{number}: {room} may not include {target}"
                elif (
                    room in NO_CAMERA_OR_PAPER
                    and target.startswith(("scan/", "print/"))
                    and not target.startswith(room.replace("src/", "") + "/")
                    and target not in PLAIN_HEADERS
                ):
                    yield f"{name}:{number}: {room} may not include {target}"


def check_no_sql_above(tree):
    """Screens and commands ask the engine: no SQL and no store in them."""
    words = re.compile(
        r'"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|PRAGMA|BEGIN|COMMIT)\b[^"]*"'
        r"|\bsqlite3_\w+|\bsl_store_\w+|\bsl_op_\w+"
    )
    for name in tree.files(".c", ".h", under=NO_STORAGE):
        for number, line in enumerate(without_comments(tree.text(name)).splitlines(), 1):
            match = words.search(line)
            if match:
                yield f"{name}:{number}: {match.group()[:60]}"


def tables(tree):
    """Tables of the schema: name → whether it is replicated (a device's own rows are in tables called local_…)."""
    found = {}
    for name in tree.files(".sql", under=["data/migrations"]):
        for table in re.findall(r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", tree.text(name), re.IGNORECASE):
            found[table] = not table.startswith("local_")
    return found


# Apply functions that stand beside the rest of what they are about, and the tables that are theirs.
TABLE_OWNERS = {
    "src/oplog/conflict.c": {"command_key", "capacity_change", "settled"},
    "src/oplog/fork.c": {"fork"},
}


def check_table_owners(tree):
    """Replicated tables are written by apply alone, so that a local command and another device's take one way."""
    replicated = [table for table, is_replicated in tables(tree).items() if is_replicated]
    if not replicated:
        if any(True for _ in tree.files(".sql", under=["data/migrations"])):
            yield "data/migrations: no tables found"
        return
    write = re.compile(
        r"\b(INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|REPLACE\s+INTO)\s+("
        + "|".join(replicated)
        + r")\b",
        re.IGNORECASE,
    )
    for name in tree.files(".c", under=["src", "ui", "sync"]):
        if re.match(r"src/oplog/(apply|rebuild)[^/]*\.c$", name):
            continue
        text = re.sub(r'"\s*\n\s*"', " ", without_comments(tree.text(name)))
        for match in write.finditer(text):
            if match.group(2) not in TABLE_OWNERS.get(name, ()):
                yield f"{name}: writes {match.group(2)}"


def check_refusals_tested(tree):
    """Every code that the engine can give stands in a test by its name."""
    given = {}
    for name in tree.files(".c", under=["src"]):
        if name == "src/engine/refusal.c":
            continue
        for code in re.findall(r"\bSL_REFUSAL_([A-Z_]+)\b", without_comments(tree.text(name))):
            if code not in ("NONE", "LAST"):
                given.setdefault(code, name)
        for code in re.findall(r"\bSL_ERROR_([A-Z_]+)\b", without_comments(tree.text(name))):
            if code != "LAST":
                given.setdefault(code, name)
    tested = "\n".join(
        tree.text(name)
        for name in tree.files(".c", ".py", under=["tests/unit", "tests/cli", "tests/ui", "tests/crash"])
        if name != "tests/cli/contract.py"
    )
    for code, name in sorted(given.items()):
        if not re.search(rf"\bSL_(REFUSAL|ERROR)_{code}\b|\b{code.lower()}\b", tested):
            yield f"{code.lower()}: given in {name}, and no test names it"


# Codes whose situation comes with what the program does not do yet. A code that it can give has no place here.
LATER_CODES = {
    "lease_expired": "rights are held, not leased: however long a device was away, it sells what it holds",
}


def test_titles(tree):
    """What tests are called: paths of g_test, claims of Python tests."""
    for name in tree.files(".c", under=["tests"]):
        yield from (each.replace("-", "_") for each in re.findall(r'"/sl/([^"]+)"', tree.text(name)))
        for prefix, title in re.findall(r'\b(ADD|DESK|TEST) \("([^"]+)"', tree.text(name)):
            yield title.replace("-", "_")
    for name in tree.files(".py", under=["tests"]):
        yield from re.findall(r'@test\(\s*"((?:[^"\\]|\\.)*)"', tree.text(name))


def check_codes_in_titles(tree):
    """Every code of the table has a test that is called by it, a hint, and a message of its own."""
    table = re.findall(
        r'\[SL_(REFUSAL|ERROR)_([A-Z_]+)\] = \{\s*"([a-z_]+)",\s*\w+,\s*N_ \("((?:[^"\\]|\\.|"\s*")*)"\),\s*'
        r'(?:N_ \(|)"((?:[^"\\]|\\.|"\s*")*)"',
        tree.text("src/engine/refusal.c"),
    )
    codes = {code for _, _, code, _, _ in table} - {"ok"}
    named = set()
    longest_first = sorted(codes, key=len, reverse=True)
    for title in test_titles(tree):
        for code in longest_first:  # member_busy is not busy
            title, count = re.subn(rf"(?<![A-Za-z]){code}(?![A-Za-z])", " ", title)
            if count:
                named.add(code)
    given = set()
    for name in tree.files(".c", under=["src"]):
        if name != "src/engine/refusal.c":
            given.update(re.findall(r"\bSL_(?:REFUSAL|ERROR)_([A-Z_]+)\b", without_comments(tree.text(name))))
    messages = {}
    for kind, constant, code, message, hint in table:
        if code == "ok":
            continue
        if not hint:
            yield f"{code}: no hint"
        if messages.setdefault(message, code) != code:
            yield f"{code}: says the same as {messages[message]}"
        if code in LATER_CODES and constant in given:
            yield f"{code}: is given now, and still in LATER_CODES"
        elif code not in named and code not in LATER_CODES:
            yield f"{code}: no test is called by it"
    for code in sorted(set(LATER_CODES) - codes if table else ()):
        yield f"{code}: in LATER_CODES, and not in the table"


def check_policies_described(tree):
    """Each policy stands in the table of the engine's README with its default."""
    table = re.findall(
        r'\[SL_POLICY_\w+\] = \{\s*"(\w+)",\s*SL_POLICY_KIND_\w+,\s*"([^"]*)"', tree.text("src/engine/policy.c")
    )
    described = {}
    for line in tree.lines("src/engine/README.md"):
        cells = [each.strip() for each in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3:
            continue
        names = re.findall(r"`(\w+)`", cells[0])
        described.update(zip(names, cells[1].split(", ") if len(names) > 1 else [cells[1]]))
    for name, standard in table:
        if described.get(name) != standard:
            yield f"src/engine/README.md: policy {name} is {standard!r}, the table says {described.get(name)!r}"


def check_no_floats(tree):
    """Money, credits and time are integers: no floating point in the rooms that hold them."""
    word = re.compile(r"\b(double|float|gdouble|gfloat|json_real|json_number_value|g_ascii_strtod|strtod|atof)\b")
    refusing = re.compile(r"\brefuse_(float|double)\b")  # a decoder's call-backs for what it turns away
    for name in tree.files(".c", ".h", under=["src/core", "src/store", "src/oplog", "src/engine", "src/cli"]):
        for number, line in enumerate(without_strings(without_comments(tree.text(name))).splitlines(), 1):
            if word.search(line) and not refusing.search(line):
                yield f"{name}:{number}: {line.strip()[:80]}"
    for name in tree.files(".sql", under=["data"]):
        for number, line in enumerate(tree.lines(name), 1):
            if re.search(r"\b(REAL|FLOAT|DOUBLE)\b", line.split("--")[0], re.IGNORECASE):
                yield f"{name}:{number}: {line.strip()[:80]}"


def ratchet(tree, name, seen, limit, what):
    """What is beyond the limit must stand in the list called name with its figure, which may only shrink."""
    known = {}
    if tree.has(name):
        for line in tree.lines(name):
            if line.strip() and not line.startswith("#"):
                place, _, count = line.rpartition(" ")
                known[place.strip()] = int(count)
    for place, count in sorted(seen.items()):
        allowed = known.get(place, limit)
        if count > allowed:
            yield f"{place}: {count} {what}, at most {allowed}"
        elif count < allowed and place in known:
            yield f"{place}: has shrunk to {count} {what}; write that into {name}"
    for place in sorted(set(known) - set(seen)):
        yield f"{place}: is within the limit now; take it out of {name}"


def long_functions(tree):
    seen = {}
    for name in tree.files(".c", under=["src", "ui", "sync", "tests"]):
        for each in functions(tree.text(name)):
            if each.count > FUNCTION_LINES_MAX:
                seen[f"{name}:{each.name}"] = each.count
    return seen


def long_lines(tree):
    seen = {}
    for name in tree.files(".c", ".h", ".py", under=["src", "ui", "sync", "tests"]):
        count = sum(len(line) > LINE_MAX for line in tree.lines(name))
        if count:
            seen[name] = count
    return seen


def check_long_functions(tree):
    """No function passes 70 lines; those that do stand in long-functions.txt and may only shrink."""
    return ratchet(tree, "tests/lint/long-functions.txt", long_functions(tree), FUNCTION_LINES_MAX, "lines")


def check_long_lines(tree):
    """No line passes 120 columns; files that have such lines stand in long-lines.txt with their number."""
    return ratchet(tree, "tests/lint/long-lines.txt", long_lines(tree), 0, "long lines")


def check_documented(tree):
    """Every function that a header offers has a comment over its definition."""
    for name in tree.files(".c", under=["src", "ui", "sync"]):
        for each in functions(tree.text(name)):
            if not each.static and each.name != "main" and not each.documented:
                yield f"{name}:{each.first}: {each.name} has no comment"


def check_shape(tree):
    """C files name their log domain, have no goto, no tabs, no blanks at line ends."""
    for name in tree.files(".c", ".h", ".py", under=["src", "ui", "sync", "tests"]):
        text = tree.text(name)
        if name.endswith(".c") and name.startswith(("src/", "ui/")) and '#define G_LOG_DOMAIN "sl-' not in text:
            yield f"{name}: no G_LOG_DOMAIN"
        if name.endswith(".c") and re.search(r"\bgoto\b", without_strings(without_comments(text))):
            yield f"{name}: goto"
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip() or "\t" in line:
                yield f"{name}:{number}: blanks at the end, or a tab"


TRANSLATED = re.compile(r'(?<![\w])(_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2|gettext)\s*\(\s*"|translatable="yes"')


def check_potfiles(tree):
    """Every file with words for people is in po/POTFILES, and every file there exists."""
    if not tree.has("po/POTFILES"):
        if any(True for _ in tree.files(".c", ".ui", under=["src", "ui"])):
            yield "po/POTFILES: missing"
        return
    listed = {line.strip() for line in tree.lines("po/POTFILES") if line.strip() and not line.startswith("#")}
    for name in tree.files(".c", ".ui", under=["src", "ui", "sync"]):
        if TRANSLATED.search(without_comments(tree.text(name))) and name not in listed:
            yield f"{name}: has words for people and is not in po/POTFILES"
    for name in sorted(listed):
        if not tree.has(name):
            yield f"po/POTFILES: {name} does not exist"


def run(*words, folder=None):
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)


# A catalogue says of itself whether somebody whose language it is has read it.
REVIEWED = re.compile(r'^"X-Reviewed: (no|[^"\\]+, \d{4}-\d\d-\d\d)\\n"$', re.MULTILINE)


def check_translations(tree):
    """Every language of po/LINGUAS says everything that the sources say now, nothing is a guess, and who read it."""
    if not tree.has("po/LINGUAS") or not tree.has("po/POTFILES"):
        return
    with tempfile.TemporaryDirectory() as place:
        pot = os.path.join(place, "fresh.pot")
        done = run(
            "xgettext",
            "--from-code=UTF-8",
            "--keyword=_",
            "--keyword=N_",
            "--keyword=C_:1c,2",
            "--keyword=NC_:1c,2",
            "--keyword=ngettext:1,2",
            "--keyword=g_dngettext:2,3",
            "--files-from=po/POTFILES",
            "-o",
            pot,
            folder=tree.root,
        )
        if done.returncode:
            yield f"xgettext: {done.stderr.strip()}"
            return
        for language in " ".join(line for line in tree.lines("po/LINGUAS") if not line.startswith("#")).split():
            po = tree.path(f"po/{language}.po")
            if not os.path.exists(po):
                yield f"po/{language}.po: missing"
                continue
            if not REVIEWED.search(tree.text(f"po/{language}.po")):
                yield f"po/{language}.po: X-Reviewed says neither no nor who has read it, and when"
            told = run("msgfmt", "--check", "--statistics", "-o", os.devnull, po)
            if told.returncode or "untranslated" in told.stderr or "fuzzy" in told.stderr:
                yield f"po/{language}.po: {told.stderr.strip()}"
            if os.path.exists(pot):
                behind = run("msgcmp", po, pot)
                for line in behind.stderr.splitlines():
                    if "this message" in line:
                        yield f"po/{language}.po: {line.strip()[-200:]}"


def check_scripts(tree):
    """Shell scripts pass shellcheck, Python compiles."""
    for name in tree.files():
        first = tree.text(name).split("\n", 1)[0] if os.path.splitext(name)[1] in ("", ".sh") else ""
        if re.match(r"#!.*\b(bash|sh)$", first):
            done = run("shellcheck", "-x", "-e", "SC2317", tree.path(name))  # SC2317: traps look unreachable to it
            if done.returncode:
                yield f"{name}: {done.stdout.strip()}"
    for name in tree.files(".py"):
        try:
            compile(tree.text(name), name, "exec")
        except SyntaxError as error:
            yield f"{name}: {error}"


def check_pages(tree):
    """The manual page, the desktop file and the metainfo are what their readers expect."""
    for name in tree.files(".1", ".8"):
        done = run("mandoc", "-Tlint", "-Wwarning", tree.path(name))
        if done.returncode or done.stdout.strip():
            yield f"{name}: {(done.stdout + done.stderr).strip()}"
    with tempfile.TemporaryDirectory() as place:
        for name in tree.files():
            plain = name[:-3] if name.endswith(".in") else name
            if plain.endswith(".desktop"):
                words = ["desktop-file-validate"]
            elif plain.endswith(".metainfo.xml"):
                words = ["appstreamcli", "validate", "--no-net"]
            else:
                continue
            copy = shutil.copy(tree.path(name), os.path.join(place, os.path.basename(plain)))
            done = run(*words, copy)
            if done.returncode:
                yield f"{name}: {done.stdout.strip()}"


def check_manual_names_commands(tree):
    """The manual page names every command that the program has."""
    entry = re.compile(r'\{ "([a-z][a-z -]*)", N_ \("(?:[^"\\]|\\.)*"\),\s*(?:NULL|N_)')
    commands = set()
    for name in tree.files(".c", under=["src/cli"]):
        commands.update(entry.findall(tree.text(name)))
    page = tree.text("packaging/studioloop.1").replace("\\-", "-").replace("\\ ", " ")
    words = re.sub(r"(?m)^\.\w+ ?", "", page)
    words = re.sub(r"\s+", " ", words)
    for command in sorted(commands):
        first, _, second = command.partition(" ")
        if not re.search(rf"\b{first}\b", words) or (second and not re.search(rf"\b{re.escape(second)}\b", words)):
            yield f"packaging/studioloop.1: does not name `{command}`"


def check_packages(tree):
    """The package lists name each package once and exist where scripts ask for them."""
    for name in tree.files(".txt", under=["packaging"]):
        if not os.path.basename(name).startswith("packages-"):
            continue
        seen = set()
        for number, line in enumerate(tree.lines(name), 1):
            package = line.split("#")[0].strip()
            if not package:
                continue
            if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package):
                yield f"{name}:{number}: {package!r} is no package name"
            if package in seen:
                yield f"{name}:{number}: {package} twice"
            seen.add(package)


def write_ratchets(tree):
    """Writes the lists anew: for a day on which limits were met by shrinking, never to let something grow."""
    for name, seen in (("long-functions.txt", long_functions(tree)), ("long-lines.txt", long_lines(tree))):
        path = tree.path("tests/lint/" + name)
        head = [line for line in tree.lines("tests/lint/" + name) if line.startswith("#")]
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                "".join(line + "\n" for line in head + [f"{place} {count}" for place, count in sorted(seen.items())])
            )


CHECKS = {
    name[len("check_") :].replace("_", "-"): value
    for name, value in sorted(globals().items())
    if name.startswith("check_")
}

if __name__ == "__main__":
    project = Tree(os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..")))
    if sys.argv[1:] == ["--write-ratchets"]:
        write_ratchets(project)
    else:
        for title, check in CHECKS.items():
            for problem in check(project):
                print(f"{title}: {problem}")
