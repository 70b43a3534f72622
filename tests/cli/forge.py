# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations, chains and files as a hostile hand makes them: everything that src/oplog/README.md says about bytes, and
nothing of the program. Whoever holds a device's directory holds its key; what they write with it is signed."""
import base64
import configparser
import ctypes
import datetime
import hashlib
import json
import os
import struct
import uuid

sodium = ctypes.CDLL("libsodium.so.23")
zstd = ctypes.CDLL("libzstd.so.1")
zstd.ZSTD_createCCtx.restype = ctypes.c_void_p
zstd.ZSTD_compressBound.restype = zstd.ZSTD_compress2.restype = ctypes.c_size_t
zstd.ZSTD_createDStream.restype = ctypes.c_void_p
zstd.ZSTD_decompressStream.restype = ctypes.c_size_t
ZSTD_CHECKSUM_FLAG = 201

# Kinds of operations: numbers are for ever.
BOOK, RELEASE, MEMBER_CREATE, MEMBER_EDIT, SESSION_MOVE, SESSION_CREATE = 1, 4, 9, 10, 8, 16
DEVICE_JOIN, DEVICE_ADMIT, DEVICE_EDIT, DEVICE_REVOKE, DEVICE_SEEN, RIGHTS_RECLAIM = 25, 27, 28, 42, 43, 44
DEVICE, OWNER = 0, 1  # actors that every chain knows by number


# --- CBOR, in its deterministic form ---


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for more, form, top in ((24, ">B", 1 << 8), (25, ">H", 1 << 16), (26, ">I", 1 << 32), (27, ">Q", 1 << 64)):
        if value < top:
            return bytes([major << 5 | more]) + struct.pack(form, value)
    raise ValueError(value)


class Raw(bytes):
    """Bytes that stand for themselves, well-formed or not."""


def cbor(value):
    if isinstance(value, Raw):
        return bytes(value)
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, uuid.UUID):
        return cbor(value.bytes)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(each) for key, each in sorted(value.items()))
    return head(4, len(value)) + b"".join(map(cbor, value))


# --- hashes and signatures ---


def sized(data):
    return struct.pack(">Q", len(data)) + data


def digest(domain, *parts):
    return hashlib.blake2b(sized(domain.encode()) + b"".join(parts), digest_size=32).digest()


def chain_start(org, replica):
    return digest("studioloop chain v1", org.bytes, replica.bytes)


def chain_next(replica, seq, previous, raw):
    return digest("studioloop operation v1", replica.bytes, struct.pack(">Q", seq), previous, sized(raw))


def id_from_parts(domain, one, other=b""):
    data = bytearray(digest(domain, sized(one), sized(other))[:16])
    data[6], data[8] = data[6] & 0x0F | 0x80, data[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(data))


class Key:
    """An Ed25519 key from its seed; a new one without."""

    def __init__(self, seed=None):
        self.seed = seed or os.urandom(32)
        public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        sodium.crypto_sign_seed_keypair(public, secret, self.seed)
        self.public, self.secret = public.raw, secret.raw

    def sign(self, message):
        out = ctypes.create_string_buffer(64)
        sodium.crypto_sign_detached(out, None, message, ctypes.c_ulonglong(len(message)), self.secret)
        return out.raw


def hlc(moment):
    return int(moment.astimezone(datetime.timezone.utc).timestamp() * 1000) << 8


# --- chains ---


class Chain:
    """A device's log as far as it has been read, and its key where its directory was."""

    def __init__(self, org, replica, key=None):
        self.org, self.replica, self.key = org, replica, key
        self.operations = []  # their bytes; number 1 first
        self.heads = {}  # number → (hash, signature)
        self.hlc = 0

    def hashes(self):
        at, out = chain_start(self.org, self.replica), []
        for seq, raw in enumerate(self.operations, 1):
            at = chain_next(self.replica, seq, at, raw)
            out.append(at)
        return out

    def copy(self):
        other = Chain(self.org, self.replica, self.key)
        other.operations, other.heads, other.hlc = list(self.operations), dict(self.heads), self.hlc
        return other

    def sign(self, key=None, seq=None):
        """Puts a signed head at the end, or at seq."""
        seq = seq or len(self.operations)
        at = self.hashes()[seq - 1]
        message = digest(
            "studioloop head v1", self.org.bytes, self.replica.bytes, struct.pack(">Q", seq), at
        )
        self.heads[seq] = (at, (key or self.key).sign(message))
        return self

    def append_raw(self, raw):
        self.operations.append(raw)
        return self

    def append(self, kind, body, entity=None, at=None, actor=OWNER, extensions=None):
        """An operation in the right form, at a moment or a millisecond after the one before."""
        stamp = hlc(at) if at else self.hlc + 256
        items = [kind, entity, stamp - self.hlc, actor, body] + ([extensions] if extensions else [])
        self.hlc = stamp
        return self.append_raw(cbor(items))


def difference_of(raw):
    """The stamp's difference, third item of an operation."""
    at = 1 + item_length(raw, 1)
    at += item_length(raw, at)
    return read_int(raw, at)


def read_head(data, at):
    major, low = data[at] >> 5, data[at] & 31
    if low < 24:
        return major, low, 1
    size = {24: 1, 25: 2, 26: 4, 27: 8}[low]
    return major, int.from_bytes(data[at + 1 : at + 1 + size], "big"), 1 + size


def read_int(data, at):
    major, value, _ = read_head(data, at)
    return value if major == 0 else -1 - value


def item_length(data, at):
    major, value, size = read_head(data, at)
    if major in (2, 3):
        return size + value
    if major in (4, 5):
        end = at + size
        for _ in range(value * (2 if major == 5 else 1)):
            end += item_length(data, end)
        return end - at
    return size


class Log:
    """All chains of an export."""

    def __init__(self, desk):
        path = desk.path("forge.lines")
        desk.ok("oplog", "export", path)
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.org = uuid.UUID(lines[0]["organisation"])
        self.first = lines[0]
        self.chains = {}
        found = {}
        for line in lines:
            if line["type"] == "operation":
                found.setdefault(line["replica"], {})[line["seq"]] = base64.b64decode(line["raw"])
            elif line["type"] == "head":
                chain = self.chain(line["replica"])
                chain.heads[line["seq"]] = (
                    bytes.fromhex(line["hash"]),
                    base64.b64decode(line["signature"]),
                )
        for replica, by_seq in found.items():
            chain = self.chain(replica)
            chain.operations = [by_seq[seq] for seq in range(1, len(by_seq) + 1)]
            chain.hlc = sum(map(difference_of, chain.operations))

    def chain(self, replica):
        replica = str(replica)
        if replica not in self.chains:
            self.chains[replica] = Chain(self.org, uuid.UUID(replica))
        return self.chains[replica]

    def of(self, desk):
        """The chain of the device whose directory this is, with its key."""
        identity = configparser.ConfigParser()
        identity.read(os.path.join(desk.directory, "identity"))
        chain = self.chain(identity["device"]["replica"])
        chain.key = Key(base64.b64decode(identity["device"]["seed"]))
        return chain


def stranger(org, invitation=None):
    """A chain that begins by an invitation, whose one-time key is a new one where none is given."""
    key, invitation = Key(), invitation or Key()
    replica = id_from_parts("studioloop replica v1", key.public)
    chain = Chain(org, replica, key)
    message = digest("studioloop join v1", org.bytes, replica.bytes, key.public)
    return chain.append(
        DEVICE_JOIN,
        [key.public, invitation.public, invitation.sign(message)],
        at=datetime.datetime(2026, 3, 2, 4, 0, tzinfo=datetime.timezone.utc),
    )


# --- files ---


def write_lines(path, org, chains, extra=()):
    with open(path, "w", encoding="utf-8") as file:
        for line in [{"type": "studioloop-log", "version": 1, "organisation": str(org), "by": str(org)}, *extra]:
            file.write(json.dumps(line) + "\n")
        for chain in chains:
            for seq, raw in enumerate(chain.operations, 1):
                line = {"type": "operation", "replica": str(chain.replica), "seq": seq}
                file.write(json.dumps(line | {"raw": base64.b64encode(raw).decode()}) + "\n")
            for seq, (at, signature) in chain.heads.items():
                line = {"type": "head", "replica": str(chain.replica), "seq": seq}
                line |= {"hash": at.hex(), "signature": base64.b64encode(signature).decode()}
                file.write(json.dumps(line) + "\n")
    return path


def segment_items(chain, first=1):
    """Up to each signed head one; what stands behind the last goes unsigned."""
    hashes = [chain_start(chain.org, chain.replica), *chain.hashes()]
    out, ends = [], sorted({seq for seq in chain.heads if seq >= first} | {len(chain.operations)})
    for end in ends:
        while first <= end:
            last = min(end, first + 499)
            at, signature = chain.heads.get(last, (hashes[last], None))
            operations = chain.operations[first - 1 : last]
            out.append([1, chain.replica, first, len(operations), hashes[first - 1], operations, at, signature])
            first = last + 1
    return out


def frame(items):
    """A stream of items: one zstd frame with its checksum."""
    return compress(b"".join(cbor(cbor(item)) for item in items))


def compress(data):
    context = ctypes.c_void_p(zstd.ZSTD_createCCtx())
    zstd.ZSTD_CCtx_setParameter(context, ZSTD_CHECKSUM_FLAG, 1)
    room = zstd.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = zstd.ZSTD_compress2(context, out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)))
    zstd.ZSTD_freeCCtx(context)
    return out.raw[:size]


class Buffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer."""

    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("pos", ctypes.c_size_t)]


def unpack(data):
    context = ctypes.c_void_p(zstd.ZSTD_createDStream())
    source, room = ctypes.create_string_buffer(data, len(data)), ctypes.create_string_buffer(1 << 20)
    incoming, out = Buffer(ctypes.addressof(source), len(data), 0), bytearray()
    while True:
        outgoing = Buffer(ctypes.addressof(room), len(room), 0)
        left = zstd.ZSTD_decompressStream(context, ctypes.byref(outgoing), ctypes.byref(incoming))
        out += room.raw[: outgoing.pos]
        if left == 0 or (incoming.pos == incoming.size and outgoing.pos < outgoing.size):
            break
    zstd.ZSTD_freeDStream(context)
    return bytes(out)


def items_of(data):
    """The items of a stream, as bytes."""
    data, at, out = unpack(data), 0, []
    while at < len(data):
        _, length, size = read_head(data, at)
        out.append(Raw(data[at + size : at + size + length]))
        at += size + length
    return out


def write_stick(path, org, chains, by=None, extra=(), items=None):
    if items is None:
        items = [[0, 1, org, by or org, []]]
        for chain in chains:
            items += segment_items(chain)
        items += extra
        items.append([3, len(items)])
    with open(path, "wb") as file:
        file.write(frame(items))
    return path
