#!/usr/bin/env python3
"""Writes media.json: sealed frames made after RFC 9605 and docs/sealed.md with Python's `cryptography`,
independently of the Rust code that is checked against them. Run it in this directory."""

import base64
import hashlib
import json
from pathlib import Path

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


def seal(call, base, epoch, leaf, stream, layer, key, ctr, frame):
    kid = layer << 31 | stream << 26 | leaf << 16 | epoch & 0xFFFF
    clear = b"" if stream == 0 else CLEAR[key]
    secret = derive(base, b"SFrame 1.0 Secret key ", kid, 16)
    salt = derive(base, b"SFrame 1.0 Secret salt ", kid, 12)
    nonce = bytes(a ^ b for a, b in zip(salt, ctr.to_bytes(12, "big")))
    aad = header(kid, ctr) + b"incamera media v1" + call + clear
    sealed = clear + header(kid, ctr) + AESGCM(secret).encrypt(nonce, frame, aad)
    return {
        "call": base64.b32encode(call).decode().rstrip("=").lower(),
        "base_key": base.hex(),
        "epoch": str(epoch),
        "leaf": leaf,
        "stream": stream,
        "layer": layer,
        "key": key,
        "ctr": str(ctr),
        "kid": str(kid),
        "plaintext": frame.hex(),
        "sealed": sealed.hex(),
        "digest": hashlib.sha256(sealed).digest()[:8].hex(),
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
    ]
    Path("media.json").write_text(json.dumps(vectors, indent=2) + "\n")


if __name__ == "__main__":
    main()
