#!/usr/bin/env python3
"""Writes keys.json: the key schedule, a grant, a credential and the words after docs/sealed.md, with Python's
hmac and hashlib and the Ed25519 of `cryptography`, independently of the Rust code that is checked against them.
Run it in this directory."""

import hashlib
import hmac
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def hkdf(salt, secret, info, length):
    """RFC 5869 with SHA-256."""
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = hmac.new(key, block + info + bytes([count]), hashlib.sha256).digest()
        out += block
    return out[:length]


def number(value, length):
    return value.to_bytes(length, "big")


def long(value):
    """`x <2>`: bytes after their length."""
    return number(len(value), 2) + value


def public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed, label, content):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(label + content)


def main():
    call, call_secret = bytes(range(16)), bytes(range(0x20, 0x40))
    seat, link = 9, 2
    place = number(seat, 2) + number(link, 4)

    def derive(secret, label, more=b""):
        return hkdf(call, secret, b"incamera " + label + b" v1" + more, 32)

    root_seed = derive(call_secret, b"root key")
    knock_key = derive(call_secret, b"knock key")[:16]
    plan_key = derive(knock_key, b"plan key")[:16]
    seat_secret = derive(call_secret, b"seat secret", place)
    seat_seed = derive(seat_secret, b"seat key")
    grant_key = derive(seat_secret, b"grant key")[:16]
    access_token = derive(seat_secret, b"access token")

    kinds = {"principal": 0, "staff": 1, "interpreter": 2, "observer": 3}
    says = {
        "delegation": 3,
        "kind": "interpreter",
        "host": True,
        "not_after_ms": "1800000000123",
        "name": "Zoë Żak",
        "title": "",
        "delegation_name": "Délégation d’Exemple",
        "delegation_short_name": "Exemple",
    }
    grant = number(1, 1) + call + place + number(says["delegation"], 2)
    grant += number(kinds[says["kind"]], 1) + number(says["host"], 1) + number(0, 2)
    grant += number(int(says["not_after_ms"]), 8) + public(seat_seed)
    for text in ("name", "title", "delegation_name", "delegation_short_name"):
        grant += long(says[text].encode())
    grant_signature = sign(root_seed, b"incamera grant v1", grant)
    signed = long(grant) + grant_signature

    device_seed, leaf_seed = bytes(range(0x60, 0x80)), bytes(range(0x80, 0xA0))
    device, leaf = public(device_seed), public(leaf_seed)
    device_binding = call + place + device
    device_signature = sign(seat_seed, b"incamera device v1", device_binding)
    leaf_binding = call + leaf
    leaf_signature = sign(device_seed, b"incamera leaf v1", leaf_binding)
    credential = number(1, 1) + signed + device + device_signature + leaf_signature
    assert len(credential) == 227 + len(grant)

    authenticator = bytes(range(0x40, 0x60))
    bits = int.from_bytes(hkdf(bytes(32), authenticator, b"incamera words v1", 9), "big") >> 6

    vectors = {
        "call": call.hex(),
        "call_secret": call_secret.hex(),
        "root_key_seed": root_seed.hex(),
        "root_key_public": public(root_seed).hex(),
        "knock_key": knock_key.hex(),
        "plan_key": plan_key.hex(),
        "seat": seat,
        "link": link,
        "seat_secret": seat_secret.hex(),
        "seat_key_seed": seat_seed.hex(),
        "seat_key_public": public(seat_seed).hex(),
        "grant_key": grant_key.hex(),
        "access_token": access_token.hex(),
        "grant_says": says,
        "grant": grant.hex(),
        "grant_signature": grant_signature.hex(),
        "device_key_seed": device_seed.hex(),
        "device_key_public": device.hex(),
        "device_binding": device_binding.hex(),
        "device_signature": device_signature.hex(),
        "leaf_key_seed": leaf_seed.hex(),
        "leaf_key_public": leaf.hex(),
        "leaf_binding": leaf_binding.hex(),
        "leaf_signature": leaf_signature.hex(),
        "credential": credential.hex(),
        "epoch_authenticator": authenticator.hex(),
        "words_places": [bits >> 55 - 11 * at & 0x7FF for at in range(6)],
        "words_digits": f"{bits:020}",
    }
    Path("keys.json").write_text(json.dumps(vectors, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
