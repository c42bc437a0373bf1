#!/usr/bin/env python3
"""Writes media.json: sealed frames made after RFC 9605 and docs/sealed.md with Python's `cryptography`,
independently of the Rust code that is checked against them. Run it in this directory."""

import base64
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CLEAR = {True: bytes.fromhex("1000009d012a80026801"), False: bytes.fromhex("110000")}
SUITE = 4


def header(kid, ctr):
    config, tail = 0, b""
    for number in (kid, ctr):
        length = max(1, (number.bit_length() + 7) // 8)
        config = config << 4 | (number if number < 8 else 8 | length - 1)
        tail += number.to_bytes(length, "big") if number >= 8 else b""
    return bytes([config]) + tail


def derive(base, label, kid, length):
    info = label + kid.to_bytes(8, "big") + SUITE.to_bytes(2, "big")
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(base)


def manifest(call, group, epoch, kid, ctr, key, frame, says):
    """What follows the frame in the plaintext: docs/sealed.md, "Manifests"."""
    digests = b"".join(bytes.fromhex(d) for d in says["of_earlier"] + says["own"])
    said = digests.ljust(says["slots"] * 8, b"\0")
    said += says["earlier_epoch"].to_bytes(2, "big") + int(says["earlier_first"]).to_bytes(8, "big")
    said += bytes([len(says["of_earlier"]), len(says["own"]), says["slots"]])
    circle = 0
    content = circle.to_bytes(4, "big") + call + group.to_bytes(4, "big") + epoch.to_bytes(8, "big")
    content += kid.to_bytes(8, "big") + ctr.to_bytes(8, "big") + said + bytes([key])
    content += hashlib.sha256(frame).digest()
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(says["leaf_key_seed"]))
    return said + signer.sign(b"incamera manifest v1" + content) + b"\1"


def seal(call, base, epoch, leaf, stream, layer, key, ctr, frame, group=0, says=None):
    kid = layer << 31 | stream << 26 | leaf << 16 | epoch & 0xFFFF
    clear = b"" if stream == 0 else CLEAR[key]
    secret = derive(base, b"SFrame 1.0 Secret key ", kid, 16)
    salt = derive(base, b"SFrame 1.0 Secret salt ", kid, 12)
    nonce = bytes(a ^ b for a, b in zip(salt, ctr.to_bytes(12, "big")))
    aad = header(kid, ctr) + b"incamera media v2" + call + clear
    end = manifest(call, group, epoch, kid, ctr, key, frame, says) if says else b"\0"
    sealed = clear + header(kid, ctr) + AESGCM(secret).encrypt(nonce, frame + end, aad)
    return {
        "call": base64.b32encode(call).decode().rstrip("=").lower(),
        "base_key": base.hex(),
        "group": group,
        "epoch": str(epoch),
        "leaf": leaf,
        "stream": stream,
        "layer": layer,
        "key": key,
        "ctr": str(ctr),
        "kid": str(kid),
        "frame": frame.hex(),
        "manifest": says,
        "plaintext": (frame + end).hex(),
        "sealed": sealed.hex(),
        "digest": hashlib.sha256(sealed).digest()[:8].hex(),
    }


def says(own, of_earlier, earlier, slots):
    digest = lambda n: hashlib.sha256(bytes([n])).digest()[:8].hex()
    return {
        "leaf_key_seed": bytes(range(0x80, 0xA0)).hex(),
        "earlier_epoch": earlier[0],
        "earlier_first": str(earlier[1]),
        "of_earlier": [digest(n) for n in range(of_earlier)],
        "own": [digest(100 + n) for n in range(own)],
        "slots": slots,
    }


def main():
    call, base = bytes(range(16)), bytes(range(0x40, 0x60))
    other_call, short_base = bytes(range(0xF0, 0x100)), bytes(range(0x10, 0x20))
    voice = bytes.fromhex("fc") + bytes(range(60, 120))
    picture = bytes((7 * i) % 256 for i in range(300))
    vectors = [
        seal(call, base, 0, 0, 0, 0, False, 0, b""),
        seal(call, base, 1, 0, 0, 0, False, 7, voice),
        seal(call, base, 1, 0, 0, 0, False, 8, voice),
        seal(call, base, 2, 3, 1, 0, True, 0, picture),
        seal(call, base, 2, 3, 1, 1, False, 255, picture),
        seal(call, base, 2, 3, 1, 2, False, 256, b"\x00"),
        seal(call, base, 2, 3, 2, 0, True, 65536, picture),
        seal(call, base, 65535, 1023, 2, 7, True, 2**32, picture),
        seal(call, base, 65536 + 5, 299, 1, 2, False, 2**53 + 1, picture),
        seal(other_call, short_base, 2**64 - 1, 1023, 2, 7, False, 2**64 - 1, voice),
        seal(call, base, 1, 0, 0, 0, False, 0, voice, 1, says(0, 0, (0, 0), 75)),
        seal(call, base, 65536 + 5, 3, 0, 0, False, 50, voice, 2, says(50, 25, (4, 900), 75)),
        seal(call, base, 2, 3, 1, 1, True, 7, picture, 1, says(5, 2, (1, 2**33), 7)),
    ]
    Path("media.json").write_text(json.dumps(vectors, indent=2) + "\n")


if __name__ == "__main__":
    main()
