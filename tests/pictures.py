#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks whether programs have left a picture of each of their pages: PROGRAM/LANGUAGE/STATE-SIZE-PERCENT[-dark].png.

A page is pictured once in each language and, in English, once on each screen; with --all in every combination.
"""
import argparse
import itertools
import os
import re
import sys

NAME = re.compile(r"(?P<state>.+)-(?P<size>\d+x\d+)-(?P<percent>\d+)(?P<dark>-dark)?\.png$")
SIZES = ("1280x800", "1920x1080", "1080x1920")
PERCENTS = (100, 150)
HERE = os.path.dirname(os.path.realpath(__file__))


def languages():
    with open(os.path.join(HERE, "..", "po", "LINGUAS"), encoding="utf-8") as lines:
        return ["en"] + [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def looks(is_all):
    """(language, what a picture's name ends in) of each look of which there is to be a picture."""
    if is_all:
        each = itertools.product(languages(), SIZES, PERCENTS, ("", "-dark"))
        return {(language, f"{size}-{percent}{dark}.png") for language, size, percent, dark in each}
    english = {("en", f"{size}-100.png") for size in SIZES}
    return english | {(language, f"{SIZES[0]}-150.png") for language in languages() if language != "en"}


def look_through(directory, program, is_all=False):
    """How many pictures a program has left, and the names of those that it has not."""
    there = set()
    states = set()
    for place, _, files in os.walk(os.path.join(directory, program)):
        for file in files:
            match = NAME.match(file)
            if match and os.path.getsize(os.path.join(place, file)) > 0:
                states.add(match["state"])
                there.add(os.path.join(os.path.basename(place), file))
    if not there:
        return 0, ["any"]
    wanted = {f"{language}/{state}-{end}" for language, end in looks(is_all) for state in states}
    return len(there), sorted(wanted - there)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("directory")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    total = 0
    status = 0
    for program in options.program:
        count, missing = look_through(options.directory, program, options.all)
        total += count
        for name in missing:
            print(f"no picture: {program}: {name}")
            status = 1
    print(f"{total} pictures in {options.directory}")
    return status


if __name__ == "__main__":
    sys.exit(main())
