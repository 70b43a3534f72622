# SPDX-License-Identifier: GPL-3.0-or-later
"""What the black-box tests of the command line share: a studio to talk to, a clock to set, TAP to print.

Every command is a process of its own, under `faketime`, on a temporary data directory; nothing is known here but the
contract of the command line: words in, JSON and exit status out.
"""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

UTC = datetime.timezone.utc
# A Monday, 06:00 in Johannesburg (UTC+2, no summer time); most tests run on this day.
MORNING = datetime.datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)
ZONE = "Africa/Johannesburg"
LOCAL = datetime.timezone(datetime.timedelta(hours=2))
OWNER_PIN = "739154"

# Exit statuses of the contract; every code that is not here is a refusal by a rule.
EXIT_DONE, EXIT_USAGE, EXIT_REFUSED, EXIT_UNKNOWN, EXIT_INPUT, EXIT_STORAGE, EXIT_NETWORK = 0, 2, 3, 4, 5, 6, 7
EXIT_OF = {
    "not_found": 4,
    "ambiguous_id": 4,
    "no_studio": 4,
    "bad_input": 5,
    "storage": 6,
    "corrupt": 6,
    "disk_full": 6,
    "read_only": 6,
    "too_new": 6,
    "busy": 6,
    "offline": 7,
    "hub_refused": 7,
    "clock_skew": 7,
}
REFUSALS = """
    not_allowed session_not_open session_cancelled booking_window_closed member_blocked parq_needed already_booked
    member_busy rate_limited class_full spots_elsewhere insufficient_credits credits_elsewhere trust_used
    bad_code foreign_code wrong_code_kind revoked_code expired_code membership_inactive payment_due
    outside_access_hours no_booking other_location choose_session already_checked_in too_early too_late
    pin_wrong pin_locked pin_weak staff_inactive approval_required reason_required member_erased service_inactive
    too_many_spots guest_names_needed not_covered hold_expired offer_lapsed not_offered not_waitlisted wrong_state
    not_undoable cancel_closed instructor_busy room_busy outside_availability request_closed not_checked_in till_closed
    till_open refund_over_limit refund_over_payment amount_mismatch wrong_currency voucher_invalid limit_reached
    no_rights key_reused already_initialised invitation_invalid device_revoked lease_expired possible_duplicate
""".split()

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$")
SANITIZER = re.compile(
    rb"ERROR: (Address|Leak)Sanitizer|runtime error:|CRITICAL \*\*|GLib-CRITICAL|-CRITICAL|Assertion|ERROR:\.\./"
)
# faketime names a semaphore by its process number and does not start at all where one that was killed has left its own
# behind under the same number. The shell's number becomes that of faketime.
FAKETIME = (
    "/bin/sh",
    "-c",
    'rm -f "/dev/shm/sem.faketime_sem_$$" "/dev/shm/faketime_shm_$$"; exec faketime -f "$@"',
    "sh",
)
COMMAND_SECONDS = 60  # far beyond what any command takes: a hang is a failure, not a wait for ever

# faketime is preloaded before AddressSanitizer's own library: known to work, so the order is not checked.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "exitcode=99") + ":verify_asan_link_order=0"

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""


class Failure(Exception):
    """A claim of the contract that did not hold."""


def check(condition, claim):
    if not condition:
        raise Failure(claim)


def equal(got, wanted, what="value"):
    if got != wanted:
        raise Failure(f"{what}: got {got!r}, wanted {wanted!r}")


def one_of(got, wanted, what="value"):
    if got not in wanted:
        raise Failure(f"{what}: got {got!r}, wanted one of {wanted!r}")


def minutes(count):
    return datetime.timedelta(minutes=count)


def hours(count):
    return datetime.timedelta(hours=count)


def days(count):
    return datetime.timedelta(days=count)


def rfc3339(moment):
    return moment.astimezone(LOCAL).isoformat()


def parse_time(text):
    check(isinstance(text, str) and RFC3339.match(text), f"not an RFC 3339 time with its offset: {text!r}")
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Answer:
    """What one command said."""

    def __init__(self, words, status, out, err):
        self.words, self.status, self.out, self.err = words, status, out, err
        self.json = None

    def __str__(self):
        return (
            f"$ studioloop {' '.join(str(word)[:120] for word in self.words)}\n  exit {self.status}\n"
            f"  out: {self.out[:600]!r}\n  err: {self.err[-1500:].decode('utf-8', 'replace')}"
        )

    @property
    def error(self):
        return (self.json or {}).get("error") or {}

    @property
    def code(self):
        return self.error.get("code")


def spawn(words, env=None, cwd=None):
    """Starts the program as it is, without a set clock, in a process group of its own."""
    return subprocess.Popen(
        [PROGRAM, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        start_new_session=True,
    )


class Desk:
    """One data directory and the clock of the machine that it lies on."""

    def __init__(self, directory, now=MORNING, prefix=()):
        self.directory = str(directory)
        self.now = now
        self.prefix = list(prefix)  # a wrapper around each command, such as one that takes rights away
        self.env = {}
        self.serial = 0

    def __call__(self, *words, at=None, still=False, staff=None, pin=None, key=None, as_json=True, env=None, wrap=None):
        """Runs one command at an instant. still: the clock does not move while it runs (exact boundaries)."""
        moment = (at or self.now).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        argv = [
            *(self.prefix if wrap is None else wrap),
            *FAKETIME,
            moment if still else "@" + moment,
            PROGRAM,
            "--data",
            self.directory,
        ]
        argv += ["--json"] if as_json else []
        argv += ["--staff", staff] if staff else []
        argv += ["--pin", pin] if pin else []
        argv += ["--key", key] if key else []
        argv += [word if isinstance(word, bytes) else str(word) for word in words]
        environment = {**os.environ, "TZ": "UTC", **self.env, **(env or {})}
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=environment,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as timeout:
            raise Failure(f"no end after {COMMAND_SECONDS} s: {argv}") from timeout
        answer = Answer(words, done.returncode, done.stdout, done.stderr)
        self.examine(answer, as_json)
        return answer

    @staticmethod
    def examine(answer, as_json):
        """What holds for every answer, whatever the command."""
        check(not SANITIZER.search(answer.err), f"the program is at fault\n{answer}")
        check(0 <= answer.status <= 7 and answer.status != 1, f"exit status outside the contract\n{answer}")
        if answer.status == EXIT_USAGE:
            check(answer.err, f"wrong words without usage on standard error\n{answer}")
            return
        if not as_json:
            return
        try:
            answer.json = json.loads(answer.out.decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as bad:
            raise Failure(f"standard output is not one JSON object: {bad}\n{answer}") from bad
        check(isinstance(answer.json, dict), f"the JSON is no object\n{answer}")
        if answer.status == EXIT_DONE:
            check("error" not in answer.json, f"an error with exit status 0\n{answer}")
            return
        if "problems" in answer.json and "error" not in answer.json:
            return  # verify names what it found
        check(isinstance(answer.error.get("code"), str), f"no error code\n{answer}")
        check(answer.error.get("message"), f"no message\n{answer}")
        equal(answer.status, EXIT_OF.get(answer.code, EXIT_REFUSED), f"exit status of {answer.code}\n{answer}\n")
        if answer.status == EXIT_REFUSED:
            check(answer.code in REFUSALS, f"a refusal that the domain does not know\n{answer}")
            check("hint" in answer.error, f"a refusal without a hint\n{answer}")

    def ok(self, *words, **options):
        """Runs a command that must be done; gives its JSON."""
        answer = self(*words, **options)
        check(answer.status == EXIT_DONE, f"should have been done\n{answer}")
        return answer.json

    def refused(self, code, *words, **options):
        """Runs a command that must be answered with this code; gives its JSON."""
        answer = self(*words, **options)
        check(answer.status != EXIT_DONE, f"should have been {code}\n{answer}")
        check(answer.code == code, f"should have been {code}\n{answer}")
        return answer.json

    def items(self, *words, **options):
        """Runs a command that lists; gives the items."""
        items = self.ok(*words, **options).get("items")
        check(isinstance(items, list), f"a list without items: {words}")
        return items

    # What a studio needs before anything can be tried. Names differ, so that tests of one studio stay apart.

    def name(self, stem):
        self.serial += 1
        return f"{stem} {self.serial}"

    def path(self, name):
        return os.path.join(os.path.dirname(self.directory), name)

    def init(self, **options):
        return self.ok(
            "init",
            "--org",
            "Fynbos Fitness",
            "--location",
            "Sea Point",
            "--timezone",
            ZONE,
            "--owner",
            "Nomsa Dube",
            "--pin",
            OWNER_PIN,
            **options,
        )

    def member(self, *words, first="Thandi", **options):
        return self.ok("member", "add", "--first", first, "--last", self.name("Nkosi"), *words, **options)["id"]

    def service(self, *words, credits_hundredths=0, capacity=10, duration=60, kind="class", **options):
        return self.ok(
            "service",
            "add",
            "--name",
            self.name("Vinyasa"),
            "--kind",
            kind,
            "--type",
            "yoga",
            "--duration",
            duration,
            "--capacity",
            capacity,
            "--credits",
            credits_hundredths,
            *words,
            **options,
        )["id"]

    def session(self, service, start, *words, **options):
        return self.ok("session", "add", "--service", service, "--start", rfc3339(start), *words, **options)["id"]

    def free_class(self, start, *words, capacity=10, duration=60, **options):
        """A session that costs nothing."""
        return self.session(self.service(capacity=capacity, duration=duration, **options), start, *words, **options)

    def credited(self, member, hundredths, valid_days=30, **options):
        """Sells the member a package of so many credits; gives the lot."""
        package = self.ok(
            "package",
            "add",
            "--name",
            self.name("Pack"),
            "--credits",
            hundredths,
            "--price",
            90000,
            "--days",
            valid_days,
            **options,
        )["id"]
        return self.ok("sell", "--member", member, "--package", package, "--method", "card", **options)["lot"]

    def book(self, member, session, *words, **options):
        return self.ok("book", "--member", member, "--session", session, *words, **options)

    def balance(self, member, **options):
        return self.ok("credits", member, **options)["balance"]

    def pass_code(self, member, *words, **options):
        return self.ok("member", "pass", member, *words, **options)["code"]

    def staff(self, role, pin="482916", *words, **options):
        """Adds a staff member; gives the options with which a command acts as them."""
        made = self.ok(
            "staff", "add", "--name", self.name(role.title()), "--role", role, "--pin", pin, *words, **options
        )
        return {"staff": made["id"], "pin": pin}

    def hash(self, **options):
        return self.ok("state-hash", **options)["hash"]

    def verified(self, **options):
        """The whole check finds nothing; gives its JSON."""
        found = self.ok("verify", **options)
        equal(found.get("problems"), [], "problems")
        equal(found.get("ok"), True, "verify ok")
        return found


class Context:
    """What a test gets: a place of its own that goes away, and the program's shared studio."""

    shared = None
    shared_root = None

    def __init__(self, place):
        self.place = place

    def desk(self, name="data", now=MORNING):
        """A desk on a directory that does not exist yet."""
        return Desk(os.path.join(self.place, name), now)

    def new_studio(self, name="data", now=MORNING, **options):
        desk = self.desk(name, now)
        desk.init(**options)
        return desk

    def studio(self):
        """The studio that the tests of one program share: each works with its own members and sessions."""
        if Context.shared is None:
            Context.shared_root = tempfile.mkdtemp(prefix="sl-cli-")
            desk = Desk(os.path.join(Context.shared_root, "data"))
            desk.init()
            Context.shared = desk
        return Context.shared


TESTS = []


def test(claim):
    """Registers a test; its name is the claim."""

    def register(function):
        TESTS.append((claim, function))
        return function

    return register


def main(module):
    """Runs the registered tests, prints TAP. Further arguments are words that a test's claim must contain."""
    if not PROGRAM or not os.access(PROGRAM, os.X_OK):
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-STUDIOLOOP [WORD…]")
    wanted = sys.argv[2:]
    chosen = [(claim, function) for claim, function in TESTS if all(word in claim for word in wanted)]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, (claim, function) in enumerate(chosen, 1):
        place = tempfile.mkdtemp(prefix="sl-cli-")
        started = time.monotonic()
        title = f"/cli/{module}/{claim.replace(' ', '-')}"
        try:
            function(Context(place))
            print(f"ok {number} {title}")
        except Exception as problem:  # pylint: disable=broad-except # whatever it is, it is this test's failure
            failed += 1
            print(f"not ok {number} {title}")
            text = str(problem) if isinstance(problem, Failure) else traceback.format_exc()
            for line in text.splitlines():
                print(f"#   {line}")
        print(f"# {time.monotonic() - started:.2f} s", flush=True)
        shutil.rmtree(place, ignore_errors=True)
    if Context.shared_root:
        shutil.rmtree(Context.shared_root, ignore_errors=True)
    return 1 if failed else 0
