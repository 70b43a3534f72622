# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes on the machine's own clock: hubs, agents, desks, and ways to end them at the worst moment.

Nothing here waits for a time to pass: what is waited for is a condition, and a deadline ends a test that hangs.
"""
import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from contract import COMMAND_SECONDS, EXIT_DONE, PROGRAM, UTC, Answer, Desk, Failure, check, equal  # noqa: E402

HUB = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else ""
AGENT = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else ""
del sys.argv[2:4]  # what is left are words of claims
DEADLINE_S = 120  # far beyond what anything takes; a hang is a failure
POLL_S = 0.02


def wait_until(condition, claim, deadline_s=DEADLINE_S):
    """Asks until it holds; gives what it gave."""
    end = time.monotonic() + deadline_s
    while True:
        got = condition()
        if got:
            return got
        check(time.monotonic() < end, f"not within {deadline_s} s: {claim() if callable(claim) else claim}")
        threading.Event().wait(POLL_S)


class Process:
    """A program that stays. Its standard error goes to a file that a failed test shows."""

    def __init__(self, argv, log, env=None):
        self.argv, self.log, self.env, self.process = [str(word) for word in argv], str(log), env or {}, None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "TZ": "UTC", **self.env},
                start_new_session=True,
            )
        return self

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As the plug does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def stop(self, deadline_s=30):
        """Asks it to end; gives its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(deadline_s)
        except subprocess.TimeoutExpired as late:
            self.kill()
            raise Failure(f"did not end within {deadline_s} s of SIGTERM: {self.argv}") from late
        self.process.stdout.close()
        self.process = None
        return status

    def told(self):
        with open(self.log, "rb") as log:
            return log.read().decode("utf-8", "replace")


class Hub(Process):
    """studioloop-hub on loopback; the port is the kernel's choice at first and stays."""

    program = HUB

    def __init__(self, directory, store=None, replicas=None):
        self.directory = str(directory)
        os.makedirs(self.directory, exist_ok=True)
        self.store = store or f"sqlite:{self.directory}"
        self.replicas = replicas or os.path.join(self.directory, "replicas")
        self.port = 0
        self.words = []  # further ones of serve
        super().__init__([], os.path.join(self.directory, "hub.log"))

    def start(self):
        listen = f"127.0.0.1:{self.port}"
        self.argv = [self.program, "serve", "--listen", listen, "--store", self.store, "--replicas", self.replicas]
        self.argv += ["--json", *self.words]
        super().start()
        line = self.process.stdout.readline()
        check(line, lambda: f"the hub did not start: {self.told()[-2000:]}")
        self.port = json.loads(line)["port"]
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words):
        """One of its commands beside the server; gives its JSON."""
        done = subprocess.run(
            [self.program, "--json", *map(str, words), "--store", self.store, "--replicas", self.replicas],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "TZ": "UTC", **self.env},
            timeout=COMMAND_SECONDS,
            check=False,
        )
        check(done.returncode == 0, f"studioloop-hub {words}: {done.returncode}\n{done.stdout}\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)


class LiveDesk(Desk):
    """A data directory under the machine's own clock, with an agent of its own."""

    program = PROGRAM

    def __init__(self, directory):
        super().__init__(directory, now=datetime.datetime.now(UTC))
        self.agent = Process([AGENT, "--data", self.directory], self.directory + ".agent.log")

    def __call__(self, *words, as_json=True, staff=None, pin=None, key=None, env=None, **_clock):
        argv = [self.program, "--data", self.directory]
        argv += ["--json"] if as_json else []
        argv += ["--staff", staff] if staff else []
        argv += ["--pin", pin] if pin else []
        argv += ["--key", key] if key else []
        argv += [str(word) for word in words]
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "TZ": "UTC", **self.env, **(env or {})},
            timeout=COMMAND_SECONDS,
            check=False,
        )
        answer = Answer(words, done.returncode, done.stdout, done.stderr)
        self.examine(answer, as_json)
        return answer

    def killed(self, delay_s, *words):
        """Runs a command and kills it so long after its start; gives its JSON where it answered before."""
        process = subprocess.Popen(
            [self.program, "--data", self.directory, "--json", *[str(word) for word in words]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "UTC"},
            start_new_session=True,
        )
        timer = threading.Timer(delay_s, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        out = process.communicate()[0]
        timer.cancel()
        try:
            return json.loads(out) if process.returncode == EXIT_DONE else None
        except json.JSONDecodeError:
            return None

    def status(self):
        return self.ok("sync", "status")


def state(desk):
    told = desk.ok("state-hash")
    return told["hash"], json.dumps(told["vector"], sort_keys=True)


def agreed(desks):
    """Whether all hold the same and nothing is on its way; what the clock makes due may come any moment."""
    return len({state(desk) for desk in desks}) == 1


def wait_until_agreed(desks, deadline_s=DEADLINE_S):
    wait_until(
        lambda: agreed(desks),
        lambda: "one state everywhere:\n" + "\n".join(f"{one.directory}: {state(one)} {one.status()}" for one in desks),
        deadline_s,
    )
    equal(len({state(desk)[0] for desk in desks}), 1, "state hashes")
