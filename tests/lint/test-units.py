#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-units.py SYSUSERS HUB KIOSK SYNC UNIT…: systemd takes the services, and they start programs as these are."""
import os
import re
import subprocess
import sys
import tempfile

SYSUSERS, PROGRAMS, UNITS = sys.argv[1], sys.argv[2:5], sys.argv[5:]
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])


def read(file):
    with open(file, encoding="utf-8") as text:
        return text.read()


def settings(unit):
    """The last word on each setting."""
    lines = (line for line in read(unit).splitlines() if "=" in line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def program_of(unit):
    name = os.path.basename(unit).removesuffix(".service")
    return next(os.path.abspath(each) for each in PROGRAMS if os.path.basename(each) == name)


def command_of(unit):
    """What is started, and its words: within a cage on the screen the kiosk, which a shell starts again."""
    command = settings(unit)["ExecStart"]
    loop = re.fullmatch(r"/usr/bin/cage -d -- /bin/sh -c 'until (.*); do sleep [0-9.]+; done'", command)
    return (loop[1] if loop else command).split()


def systemd_takes_it(unit):
    """As it would be installed, but for where the program is: that one is built and not installed."""
    with tempfile.TemporaryDirectory() as place:
        copy = os.path.join(place, os.path.basename(unit))
        with open(copy, "w", encoding="utf-8") as text:
            text.write(read(unit).replace(command_of(unit)[0], program_of(unit)))
        words = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "PATH": PATH})
    return [] if done.returncode == 0 and not done.stderr else [f"status {done.returncode}", *done.stderr.splitlines()]


def it_starts_the_program_with_words_that_it_knows(unit):
    command = command_of(unit)
    wrong = [] if os.path.basename(command[0]) == os.path.basename(program_of(unit)) else [f"starts {command[0]}"]
    told = subprocess.run([program_of(unit), "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"--[a-z][a-z-]*", told)) | set(re.findall(r"^  ([a-z]+) ", told, flags=re.M))
    words = [word.split("=")[0] for word in command[1:] if re.match(r"--|[a-z]+$", word)]
    return wrong + [f"{word} is not known" for word in words if word not in known]


def it_keeps_to_its_own_directory(unit):
    said = settings(unit)
    place = "/var/lib/" + said["StateDirectory"]
    sticks = {"-/media", "-/run/media"} if "cage" in said["ExecStart"] else set()
    wrong = [f"may write to {path}" for path in said["ReadWritePaths"].split() if path not in {place} | sticks]
    return wrong + ([] if place in said["ExecStart"] else [f"the program works elsewhere than in {place}"])


def who_runs_it_is_made(unit):
    said = settings(unit)
    made = [line.split()[1] for line in read(SYSUSERS).splitlines() if line.startswith("u ")]
    return [f"nobody makes {name}" for name in (said["User"], said["Group"]) if name not in made]


def main():
    claims = [systemd_takes_it, it_starts_the_program_with_words_that_it_knows, it_keeps_to_its_own_directory]
    claims.append(who_runs_it_is_made)
    cases = [(claim, unit) for claim in claims for unit in UNITS]
    print(f"1..{len(cases)}")
    for number, (claim, unit) in enumerate(cases, 1):
        wrong = claim(unit)
        name = claim.__name__.replace("_", "-")
        print(f"{'not ok' if wrong else 'ok'} {number} /units/{os.path.basename(unit)}/{name}")
        for line in wrong:
            print(f"#   {line}")


if __name__ == "__main__":
    main()
