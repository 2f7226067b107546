"""Keys derived from TANGRAM_SECRET_KEY: one per purpose, so that a leak of one tells nothing of another.

The setting may hold several secrets separated by `|`: the first makes new tokens and ciphertexts, the others
still read what they made. To rotate, put a new secret in front and drop the last one when nothing needs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from metadata.problems import BadInputError

__all__ = ["DerivedKeys", "KeyRing"]

MIN_SECRET_LENGTH = 32
"""Characters a secret must have; 32 random ones from any usual alphabet are beyond guessing."""


@dataclass(frozen=True, slots=True)
class DerivedKeys:
    """The keys of one purpose.

    Attributes:
        current_id: Id of the key that makes new things.
        by_id: All keys, 32 bytes each.
    """

    current_id: str
    by_id: Mapping[str, bytes]

    @property
    def current(self) -> bytes:
        """The key that makes new things."""
        return self.by_id[self.current_id]

    def __repr__(self) -> str:
        return f"DerivedKeys({', '.join(self.by_id)})"


class KeyRing:
    """The secrets of this installation, and what is derived from them."""

    __slots__ = ("_secrets",)

    def __init__(self, secret_key: str) -> None:
        secrets = [part.strip() for part in secret_key.split("|") if part.strip()]
        if not secrets or any(len(secret) < MIN_SECRET_LENGTH for secret in secrets):
            raise BadInputError.single(
                "weak_secret_key",
                f"TANGRAM_SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters for each secret.",
                hint='Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"',
            )
        self._secrets = {hashlib.sha256(b"tangram key id" + s.encode()).hexdigest()[:8]: s for s in secrets}

    def derive(self, purpose: str) -> DerivedKeys:
        """The 32-byte keys of `purpose`, one per secret.

        Source:
            RFC 5869 (HKDF), `info` separating the purposes.
        """
        keys = {key_id: _hkdf(secret.encode(), purpose.encode()) for key_id, secret in self._secrets.items()}
        return DerivedKeys(next(iter(keys)), keys)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._secrets)})"


def _hkdf(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"tangram", info=purpose).derive(secret)
