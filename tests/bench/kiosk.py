#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kiosk.py [--quick] BUILD PLACE [STUDIO]: what the kiosk costs while it starts and while it waits, read from /proc.
With STUDIO (a data directory of years; it is written to) its start is measured there, too.

Runs on a display of its own (tests/ui/with-display). The camera is a loop of JPEG pictures of 1280×720 at 15 a
second, as a webcam sends them; they pass the same pipeline as any camera. "Still" is one scene with a sensor's noise,
"moving" pans over it.
"""
import datetime
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

FRAMES_PER_S = 15
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
START_LIMIT_S, STILL_LIMIT_PERCENT, MEMORY_LIMIT_MB = 1.0, 25, 120
GIVE_UP_S = 30


class Bench:
    def __init__(self, build, place, quick):
        self.program = os.path.join(build, "src/cli/studioloop")
        self.kiosk = os.path.join(build, "src/kiosk/studioloop-kiosk")
        self.place = place
        self.data = os.path.join(place, "data")
        self.starts = 3 if quick else 12
        self.seconds = 5 if quick else 20

    def ask(self, *words):
        words = [self.program, "--data", self.data, "--json", *words]
        done = subprocess.run(words, capture_output=True, check=False, text=True)
        if done.returncode:
            sys.exit(f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def studio(self):
        self.ask(
            "init",
            "--org",
            "Bench",
            "--location",
            "Door",
            "--timezone",
            "Africa/Johannesburg",
            "--owner",
            "O",
            "--pin",
            "739154",
        )

    def passes(self):
        """A class that is open for check-in, and the passes of as many members as starts are measured."""
        service = self.ask(
            *("service add --name Vinyasa --kind class --type yoga --duration 60 --capacity 100 --credits 0".split())
        )["id"]
        start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)
        session = self.ask("session", "add", "--service", service, "--start", start.strftime("%Y-%m-%dT%H:%M:%SZ"))[
            "id"
        ]
        cameras = []
        for number in range(self.starts):
            member = self.ask("member", "add", "--first", "Thandi", "--last", f"Number {number}")["id"]
            self.ask("book", "--member", member, "--session", session)
            camera = tempfile.mkdtemp(prefix="camera-", dir=self.place)
            self.ask("member", "pass", member, "--png", os.path.join(camera, "pass.png"))
            cameras.append(camera)
        return cameras

    def measure_starts(self):
        cameras = self.passes()
        self.started_in(cameras[0])  # the first start warms the disk
        starts = [self.started_in(camera) for camera in cameras[1:]]
        watch = sqlite3.connect(f"file:{self.data}/studioloop.db?mode=ro", uri=True)
        members = watch.execute("SELECT count(*) FROM member").fetchone()[0]
        checkins = watch.execute("SELECT count(*) FROM checkin").fetchone()[0]
        watch.close()
        print(
            f"start to check-in on disk   [{members} members, {checkins} check-ins; pass before the camera]  "
            f"{told(starts, 's')}  | aim: ready within {START_LIMIT_S} s",
            flush=True,
        )

    def start(self, camera):
        return subprocess.Popen(
            [self.kiosk, "--data", self.data, "--camera", camera],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self, kiosk):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(kiosk.pid, number)
                said = kiosk.communicate(timeout=5)[1].decode("utf-8", "replace")
                if "missing" in said:
                    sys.exit(f"the camera did not run: {said}")
                return
            except (subprocess.TimeoutExpired, ProcessLookupError):
                continue

    def started_in(self, camera):
        """Seconds from the start of the process to the first check-in on disk."""
        watch = sqlite3.connect(f"file:{self.data}/studioloop.db?mode=ro", uri=True, isolation_level=None)
        before = watch.execute("SELECT count(*) FROM checkin").fetchone()[0]
        began = time.monotonic()
        kiosk = self.start(camera)
        while watch.execute("SELECT count(*) FROM checkin").fetchone()[0] == before:
            if kiosk.poll() is not None or time.monotonic() - began > GIVE_UP_S:
                self.stop(kiosk)
                sys.exit("the kiosk read no pass")
            time.sleep(0.002)
        took = time.monotonic() - began
        self.stop(kiosk)
        watch.close()
        return took

    def scene(self, name, moving):
        """A loop of camera pictures; gives the camera's setting."""
        folder = os.path.join(self.place, name)
        os.mkdir(folder)
        base = os.path.join(self.place, "scene.png")
        if not os.path.exists(base):
            subprocess.run(
                ["convert", "-seed", "7", "-size", "1280x720", "plasma:sienna-gray50", "-blur", "0x2", base], check=True
            )
        for number in range(2 * FRAMES_PER_S):
            roll = ["-roll", f"+{number * 1280 // (2 * FRAMES_PER_S)}+0"] if moving else []
            noise = ["-seed", str(number), "-attenuate", "0.15", "+noise", "Gaussian", "-quality", "85"]
            subprocess.run(["convert", base, *roll, *noise, os.path.join(folder, f"{number:03}.jpg")], check=True)
        return (
            f"pipeline:multifilesrc location={folder}/%03d.jpg loop=true start-index=0 "
            f"caps=\"image/jpeg,framerate=(fraction){FRAMES_PER_S}/1\" ! jpegparse ! jpegdec ! identity sync=true"
        )

    @staticmethod
    def cpu_s(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    @staticmethod
    def memory_mb(pid):
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            words = dict(line.split(":", 1) for line in file if ":" in line)
        return int(words["VmRSS"].split()[0]) / 1024, int(words["VmHWM"].split()[0]) / 1024

    def waiting(self, camera):
        """Per cent of a core in each second of waiting; resident memory at the end and at its highest."""
        kiosk = self.start(camera)
        time.sleep(4)  # windows, caches, the decoder's first looks
        shares = []
        for _ in range(self.seconds):
            before, began = self.cpu_s(kiosk.pid), time.monotonic()
            time.sleep(1)
            shares.append(100 * (self.cpu_s(kiosk.pid) - before) / (time.monotonic() - began))
        memory = self.memory_mb(kiosk.pid)
        if kiosk.poll() is not None:
            sys.exit("the kiosk ended while it waited")
        self.stop(kiosk)
        return shares, memory


def told(values, unit):
    ordered = sorted(values)

    def rank(share):
        return ordered[min(len(ordered), max(1, int(share * len(ordered) + 0.999999))) - 1]

    return f"n {len(ordered)}  p50 {rank(0.5):.2f} {unit}  p99 {rank(0.99):.2f} {unit}  max {ordered[-1]:.2f} {unit}"


def main():
    quick = "--quick" in sys.argv[1:]
    build, where, *years = [word for word in sys.argv[1:] if word != "--quick"]
    place = tempfile.mkdtemp(prefix="bench-kiosk-", dir=where)
    try:
        bench = Bench(build, place, quick)
        bench.studio()
        bench.measure_starts()
        for name, moving in (("still", False), ("moving", True)):
            shares, (resident, highest) = bench.waiting(bench.scene(name, moving))
            aim = f"aim < {STILL_LIMIT_PERCENT} % of a core" if not moving else "no limit set"
            print(
                f"kiosk waiting, scene {name:6} [1280x720 at {FRAMES_PER_S}/s]  {told(shares, '% of a core')}  | {aim}"
            )
            print(
                f"resident memory, {name:6}     [same]  n 1  {resident:.1f} MB now, {highest:.1f} MB at its highest  "
                f"| aim < {MEMORY_LIMIT_MB} MB"
            )
        for studio in years:
            bench.data = studio
            bench.measure_starts()
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
