#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Meson's tests of a build directory and counts their cases.

A case is one TAP line (a g_test, a black-box test), so that one program with forty cases counts as forty. A program
that dies, times out or says fewer lines than it planned counts as a failure beside them.
"""
import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys

import pictures

# A skipped case is a fault unless its reason begins so.
SKIP_ALLOWED = re.compile(r"hardware\b", re.IGNORECASE)
TAP_LINE = re.compile(r"^(not )?ok\b(?:\s+(\d+))?\s*-?\s*(.*)$")
TAP_PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*SKIP\b\s*(.*))?", re.IGNORECASE)
DIRECTIVE = re.compile(r"(?<!\\)#\s*(SKIP|TODO)\b\s*(.*)$", re.IGNORECASE)

SAID_LINES_MAX = 60

LOOKS_SUITE = "looks"  # a second suite of those programs that look at pages, and leave pictures of them


class Count:
    """What became of the cases of one program or suite."""

    def __init__(self):
        self.passed = 0
        self.failures = []  # (case, what the program said about it)
        self.skips = []  # (case, reason)
        self.seconds = 0.0

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips
        self.seconds += other.seconds


def count_tap(name, text):
    """Counts the cases in a TAP text: passed, failed, skipped; a missing or broken plan is a failure."""
    count = Count()
    plan = None
    seen = 0
    said = None  # what follows a failed case, until the next one
    for line in text.splitlines():
        if line.startswith("#") and said is not None:
            said.append(line)
            continue
        said = None
        match = TAP_PLAN.match(line)
        if match:
            plan = int(match.group(1))
            if plan == 0:
                count.skips.append((name, match.group(2) or "no cases"))
            continue
        if line.startswith("Bail out!"):
            count.failures.append((f"{name}: {line}", []))
            continue
        match = TAP_LINE.match(line)
        if not match:
            continue
        seen += 1
        title = match.group(3)
        directive = DIRECTIVE.search(title)
        case = f"{name}: {DIRECTIVE.sub('', title).strip()}"
        if directive and directive.group(1).upper() == "SKIP":
            count.skips.append((case, directive.group(2)))
        elif match.group(1) or directive:
            said = []
            count.failures.append((case, said))
        else:
            count.passed += 1
    if plan is None:
        count.failures.append((f"{name}: no plan, {seen} cases seen", []))
    elif plan != seen:
        count.failures.append((f"{name}: {plan} cases planned, {seen} seen", []))
    return count


def count_program(entry, protocol):
    """Counts one program from its entry in Meson's test log."""
    name = entry["name"]
    result = entry["result"]
    count = Count()
    if protocol == "tap":
        count = count_tap(name, entry.get("stdout") or "")
        if result not in ("OK", "SKIP") and not count.failures:
            count.failures.append((f"{name}: {result}, exit status {entry.get('returncode')}", []))
    elif result == "OK":
        count.passed = 1
    elif result == "SKIP":
        count.skips.append((name, (entry.get("stdout") or "").strip().rpartition("\n")[2]))
    else:
        count.failures.append((f"{name}: {result}, exit status {entry.get('returncode')}", []))
    count.seconds = entry.get("duration") or 0.0
    return count


def known_tests(build):
    """The tests of the build directory: name → (suite, protocol, whether it looks at pages)."""
    out = subprocess.run(["/usr/bin/meson", "introspect", "--tests", build], check=True, capture_output=True, text=True)
    tests = {}
    for test in json.loads(out.stdout):
        suites = [suite.split(":", 1)[-1] for suite in test["suite"]]
        if test["name"] in tests:
            sys.exit(f"Two tests are called {test['name']}")
        tests[test["name"]] = (suites[0] if suites else "other", test["protocol"], LOOKS_SUITE in suites)
    return tests


def run(build, chosen):
    """Lets Meson run the chosen tests; gives the entries of its log."""
    base = "run-suites"
    log = os.path.join(build, "meson-logs", base + ".json")
    if os.path.exists(log):
        os.unlink(log)
    multiplier = "8"  # a loaded machine is no fault; a test that hangs still ends
    processes = str((os.cpu_count() or 1) + 1)  # the screens' tests mostly wait for frames
    subprocess.run(
        [
            "/usr/bin/meson",
            "test",
            "-C",
            build,
            "--no-rebuild",
            "--print-errorlogs",
            "--logbase",
            base,
            "--timeout-multiplier",
            multiplier,
            "--num-processes",
            processes,
            *sorted(chosen),
        ],
        check=False,
    )
    with open(log, encoding="utf-8", errors="replace") as lines:
        entries = [json.loads(line) for line in lines if line.strip()]
    for entry in entries:
        entry["name"] = entry["name"].rpartition(" / ")[2]  # "project:suite / name"
    return entries


def count_pictures(directory, programs):
    """Counts those that programs have left: a page of which one is missing has not been looked at."""
    count = Count()
    total = 0
    for program in sorted(programs):
        there, missing = pictures.look_through(directory, program)
        total += there
        if missing:
            count.failures.append((f"{program}: pictures missing", [f"no picture: {name}" for name in missing]))
        else:
            count.passed += 1
    print(f"\n{total} pictures of pages in {directory}")
    return count


def report(counts):
    """Prints seconds per suite and the sum; gives the exit status."""
    total = Count()
    print()
    for suite in sorted(counts):
        count = counts[suite]
        print(
            f"{suite:12} {count.passed:5} passed {len(count.failures):4} failed {len(count.skips):4} skipped "
            f"{count.seconds:8.1f} s"
        )
        total.add(count)
    faults = [(case, reason) for case, reason in total.skips if not SKIP_ALLOWED.match(str(reason))]
    for case, said in total.failures:
        print(f"failed: {case}")
        for line in said[:SAID_LINES_MAX]:
            print(f"  {line}")
    for case, reason in total.skips:
        print(f"skipped: {case} ({reason or 'no reason given'})")
    print(f"{total.passed} passed, {len(total.failures)} failed, {len(total.skips)} skipped")
    return 1 if total.failures or faults or total.passed == 0 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", action="append", default=[])
    parser.add_argument("--test", action="append", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("build")
    options = parser.parse_args()
    tests = known_tests(options.build)
    unknown = set(options.suite) - {suite for suite, _, _ in tests.values()}
    if unknown:
        sys.exit(f"No such suite: {', '.join(sorted(unknown))}")
    chosen = [
        name
        for name, (suite, _, _) in tests.items()
        if (not options.suite or suite in options.suite)
        and (not options.test or any(fnmatch.fnmatch(name, pattern) for pattern in options.test))
    ]
    if options.list:
        for name in sorted(chosen, key=lambda each: (tests[each][0], each)):
            print(f"{tests[name][0]:12} {name}")
        return 0
    if not chosen:
        sys.exit("No test program matches")
    shots = os.path.join(options.build, "pictures")
    shutil.rmtree(shots, ignore_errors=True)
    os.environ["SL_TEST_SHOTS"] = shots
    counts = {}
    ran = set()
    lookers = set()  # a program that has failed says itself what is wrong
    for entry in run(options.build, chosen):
        suite, protocol, is_looker = tests[entry["name"]]
        ran.add(entry["name"])
        count = count_program(entry, protocol)
        counts.setdefault(suite, Count()).add(count)
        if is_looker and not count.failures:
            lookers.add(entry["name"])
    for name in set(chosen) - ran:
        lost = Count()
        lost.failures.append((f"{name}: did not run", []))
        counts.setdefault(tests[name][0], Count()).add(lost)
    if lookers:
        counts["pictures"] = count_pictures(shots, lookers)
    return report(counts)


if __name__ == "__main__":
    sys.exit(main())
