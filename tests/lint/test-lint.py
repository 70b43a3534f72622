#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every check of lint.py twice: on a bad example, which it must catch, and on this project."""
import os
import sys
import tempfile

from lint import CHECKS, Tree, functions

SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
HASH = "# SPDX-License-Identifier: GPL-3.0-or-later\n"
SCHEMA = {
    "data/migrations/001.sql": "CREATE TABLE booking (id BLOB) STRICT;\nCREATE TABLE local_note (id BLOB) STRICT;\n"
}
PO_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"X-Reviewed: no\\n"\n\n'
CODE = '  [SL_REFUSAL_{}] = {{ "{}", EXIT_REFUSED, N_ ("{}"), N_ ("{}") }},\n'
FULL = CODE.format("FULL", "full", "No.", "Go.")
POLICY = '  [SL_POLICY_WAIT_MINUTES] = { "wait_minutes", SL_POLICY_KIND_NUMBER, "10", 1, 60 },\n'
LONG = SPDX + "static void\nlong_one (void)\n{\n" + "  step ();\n" * 75 + "}\n"

# check → (what is wrong in a small tree, what its complaint must name)
BAD = {
    "licence": [
        ({"src/core/a.c": "int a;\n"}, "src/core/a.c"),
        ({"packaging/try": "#!/bin/bash\necho\n"}, "packaging/try"),
    ],
    "alone": [
        ({"README.md": "see .." + "/shared/DESIGN.md\n"}, "README.md:1"),
        ({"tests/run": "cd /wo" + "rk/main\n"}, "tests/run:1"),
    ],
    "unfinished": [
        ({"src/core/a.c": "/* TO" + "DO: the rest */\n"}, "src/core/a.c:1"),
        ({"tests/unit/a.c": '  g_test_skip ("later");\n'}, "tests/unit/a.c:1"),
    ],
    "layers": [
        ({"src/engine/a.c": "#include <gtk/gtk.h>\n"}, "src/engine/a.c:1"),
        ({"src/store/a.c": '#include "oplog/oplog.h"\n'}, "src/store/a.c:1"),
        ({"src/engine/a.c": '#include "scan/decoder.h"\n'}, "src/engine/a.c:1"),
        ({"src/engine/a.c": '#include "print/render.h"\n'}, "src/engine/a.c:1"),
        ({"src/engine/a.c": "#include <pango/pango.h>\n"}, "src/engine/a.c:1"),
        ({"src/print/a.c": '#include "engine/engine.h"\n'}, "src/print/a.c:1"),
        ({"src/print/a.c": '#include "scan/decoder.h"\n'}, "src/print/a.c:1"),
        ({"src/oplog/a.h": "#include <curl/curl.h>\n"}, "src/oplog/a.h:1"),
        ({"ui/a.c": '#include "store/store.h"\n'}, "ui/a.c:1"),
    ],
    "no-sql-above": [
        ({"ui/page.c": 'q = "SELECT name FROM member";\n'}, "ui/page.c:1"),
        ({"src/cli/a.c": "sqlite3_exec (db);\n"}, "src/cli/a.c:1"),
        ({"src/kiosk/a.c": "x = 1;\n  sl_store_exec (store);\n"}, "src/kiosk/a.c:2"),
    ],
    "table-owners": [
        ({**SCHEMA, "src/engine/b.c": 'sl_store_exec (s, e, "UPDATE booking SET id = ?1");\n'}, "src/engine/b.c"),
        ({**SCHEMA, "src/oplog/fork.c": 'q = "UPDATE booking SET id = ?1";\n'}, "src/oplog/fork.c"),
        (
            {**SCHEMA, "src/oplog/emit.c": 'q = "INSERT OR IGNORE "\n    "INTO booking VALUES (1)";\n'},
            "src/oplog/emit.c",
        ),
    ],
    "refusals-tested": [
        (
            {"src/engine/a.c": "return sl_refuse (r, SL_REFUSAL_CLASS_FULL);\n", "tests/unit/a.c": "other\n"},
            "class_full",
        ),
        ({"src/store/a.c": "g_set_error (e, SL_ERROR, SL_ERROR_BUSY);\n"}, "busy"),
    ],
    "codes-in-titles": [
        ({"src/engine/refusal.c": CODE.format("BUSY", "busy", "Busy.", "Wait.")}, "busy: no test"),
        (
            {
                "src/engine/refusal.c": CODE.format("BUSY", "busy", "Busy.", "Wait.")
                + CODE.format("MEMBER_BUSY", "member_busy", "Booked.", "Cancel."),
                "tests/unit/a.c": 'desk_test ("/sl/booking/member-busy-there", there);\n',
            },
            "busy: no test",
        ),
        (
            {
                "src/engine/refusal.c": CODE.format("BUSY", "busy", "No.", "") + FULL,
                "tests/cli/a.py": '@test("busy and full: not now")\n',
            },
            "busy: no hint",
        ),
        (
            {
                "src/engine/refusal.c": CODE.format("BUSY", "busy", "No.", "Wait.") + FULL,
                "tests/cli/a.py": '@test("busy and full: not now")\n',
            },
            "full: says the same as busy",
        ),
        (
            {
                "src/engine/refusal.c": CODE.format("LEASE_EXPIRED", "lease_expired", "Over.", "Ask again."),
                "src/engine/till.c": "return sl_refuse (r, SL_REFUSAL_LEASE_EXPIRED);\n",
            },
            "lease_expired: is given now",
        ),
        ({"src/engine/refusal.c": CODE.format("BUSY", "busy", "Busy.", "Wait.")}, "lease_expired: in LATER_CODES"),
    ],
    "policies-described": [
        ({"src/engine/policy.c": POLICY, "src/engine/README.md": "| `other` | 10 | more |\n"}, "policy wait_minutes"),
        ({"src/engine/policy.c": POLICY, "src/engine/README.md": "| `wait_minutes` | 20 | how long |\n"}, "says '20'"),
    ],
    "no-floats": [
        ({"src/engine/a.c": "  double price = 1.5;\n"}, "src/engine/a.c:1"),
        ({"data/migrations/1.sql": "CREATE TABLE a (price REAL);\n"}, "1.sql:1"),
    ],
    "long-functions": [
        ({"src/core/a.c": LONG}, "src/core/a.c:long_one"),
        ({"src/core/a.c": LONG, "tests/lint/long-functions.txt": "src/core/a.c:long_one 72\n"}, "at most 72"),
        ({"src/core/a.c": LONG, "tests/lint/long-functions.txt": "src/core/a.c:long_one 99\n"}, "has shrunk"),
        ({"src/core/a.c": SPDX, "tests/lint/long-functions.txt": "src/core/a.c:long_one 99\n"}, "within the limit"),
    ],
    "documented": [
        ({"src/core/a.c": SPDX + "#include <a.h>\n\nint\nsl_a_get (void)\n{\n  return 1;\n}\n"}, "sl_a_get")
    ],
    "shape": [
        ({"src/core/a.c": "int a;\n"}, "G_LOG_DOMAIN"),
        ({"src/core/a.c": '#define G_LOG_DOMAIN "sl-a"\nvoid a (void) { goto out; }\n'}, "goto"),
        ({"src/core/a.h": "int a; \n"}, "src/core/a.h:1"),
    ],
    "long-lines": [
        ({"src/core/a.h": "/" * 121 + "\n"}, "src/core/a.h: 1 long lines, at most 0"),
        ({"src/core/a.h": "/" * 121 + "\n", "tests/lint/long-lines.txt": "src/core/a.h 2\n"}, "has shrunk"),
    ],
    "potfiles": [
        ({"po/POTFILES": "", "ui/a.ui": '<property name="label" translatable="yes">Hi</property>\n'}, "ui/a.ui"),
        ({"po/POTFILES": "ui/gone.c\n"}, "ui/gone.c"),
        ({"po/POTFILES": "", "ui/a.c": 'label (_("Hi"));\n'}, "ui/a.c"),
    ],
    "translations": [
        (
            {
                "po/LINGUAS": "af\n",
                "po/POTFILES": "ui/a.c\n",
                "ui/a.c": 'label (_("Hi"));\n',
                "po/af.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hi"\nmsgstr ""\n',
            },
            "untranslated",
        ),
        (
            {
                "po/LINGUAS": "af\n",
                "po/POTFILES": "ui/a.c\n",
                "ui/a.c": 'label (_("New words"));\n',
                "po/af.po": PO_HEAD + 'msgid "Hi"\nmsgstr "Haai"\n',
            },
            "po/af.po",
        ),
        ({"po/LINGUAS": "af\n", "po/POTFILES": "ui/a.c\n", "ui/a.c": 'label (_("Hi"));\n'}, "missing"),
        (
            {
                "po/LINGUAS": "af\n",
                "po/POTFILES": "ui/a.c\n",
                "ui/a.c": 'label (_("Hi"));\n',
                "po/af.po": PO_HEAD.replace(": no", ": yes") + 'msgid "Hi"\nmsgstr "Haai"\n',
            },
            "X-Reviewed",
        ),
    ],
    "scripts": [
        ({"packaging/try": "#!/bin/bash\nrm -rf $1/*\n"}, "packaging/try"),
        ({"tests/a.py": "def a(:\n"}, "tests/a.py"),
    ],
    "pages": [
        ({"packaging/a.1": ".Dd today\n.Dt A 1\n.Os\n.Sh NAME\n.Nm a\n.Zz\n"}, "packaging/a.1"),
        ({"data/a.desktop": "[Desktop Entry]\nName=A\n"}, "data/a.desktop"),
    ],
    "manual-names-commands": [
        (
            {
                "src/cli/a.c": '{ "member juggle", N_ ("juggle"), NULL, "ID" },\n',
                "packaging/studioloop.1": ".Nm member\n",
            },
            "member juggle",
        )
    ],
    "packages": [
        ({"packaging/packages-run.txt": "gcc\ngcc\n"}, "twice"),
        ({"packaging/packages-run.txt": "gcc make\n"}, "no package name"),
    ],
}

GOOD_FUNCTION = (
    SPDX
    + """#include "a.h"

static int
helper (int a)
{
  return a;
}

/**
 * sl_a_get:
 *
 * Returns: one
 */
int
sl_a_get (const char *text G_GNUC_UNUSED,
          int b)
{
  if (b)
    {
      return helper (b);
    }
  return 1;
}
"""
)


def tree_of(files, place):
    for name, text in files.items():
        path = os.path.join(place, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return Tree(place)


def main():
    project = Tree(
        os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", ".."))
    )
    cases = []
    for name, check in CHECKS.items():
        missed = [] if name in BAD else ["no bad example"]
        for files, wanted in BAD.get(name, []):
            with tempfile.TemporaryDirectory() as place:
                problems = list(check(tree_of(files, place)))
            if not any(wanted in problem for problem in problems):
                missed.append(f"{wanted}: not caught, said {problems}")
        cases.append((f"/lint/{name}/catches-its-bad-example", missed))
        cases.append((f"/lint/{name}/finds-nothing-in-the-project", list(check(project))))
    found = [(each.name, each.static, each.documented, each.count) for each in functions(GOOD_FUNCTION)]
    wanted = [("helper", True, False, 3), ("sl_a_get", False, True, 7)]
    cases.append(("/lint/functions-are-found-with-their-length", [] if found == wanted else [f"found {found}"]))
    print(f"1..{len(cases)}")
    for number, (title, problems) in enumerate(cases, 1):
        print(f"{'not ok' if problems else 'ok'} {number} {title}")
        for problem in problems[:200]:
            print("\n".join("#   " + line for line in problem.splitlines()))
    return 1 if any(problems for _, problems in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
