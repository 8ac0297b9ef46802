"""Signing certificates: chain to a trusted root, validity at a moment, right name.

`cryptography` is imported only when a certificate is to be checked: most installations need none.
"""

from __future__ import annotations

import base64
import re
import ssl
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw_otel.errors import SignatureError

if TYPE_CHECKING:
    from cryptography import x509

MAX_CHAIN = 5
_PUBLIC_KEY = re.compile(r"-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", re.DOTALL)
_INSTALL = "pip install 'openclaw-otel[webhooks]'"


def trusted_key(
    pem: bytes, names: Sequence[str], now: datetime | None, trust_roots: str | Sequence[str] | None
) -> x509.Certificate:
    """Return the leaf of a PEM chain when it is issued for one of `names`, valid at `now`, and leads to a trusted root.

    `trust_roots`: PEM texts of roots (or of intermediates the sender leaves out); None: the system's.

    Raises:
        SignatureError: untrusted_certificate, or key_unavailable when `cryptography` is not installed.
    """
    try:
        from cryptography.x509 import DNSName, load_pem_x509_certificates
        from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
    except ImportError as error:
        raise SignatureError("key_unavailable", "the package cryptography is missing", _INSTALL) from error
    try:
        chain = load_pem_x509_certificates(pem)
        roots = list(system_roots()) if trust_roots is None else _given_roots(trust_roots)
    except ValueError as error:
        raise SignatureError("untrusted_certificate", f"no PEM certificate: {error}") from error
    if not roots:
        raise SignatureError(
            "untrusted_certificate", "no trusted roots", "give trust_roots, or install ca-certificates"
        )
    ca_policy, leaf_policy = _policies()
    at = (now or datetime.now(UTC)).astimezone(UTC)
    problem = "names do not match"
    for name in names:
        builder = PolicyBuilder().store(Store(roots)).time(at).max_chain_depth(MAX_CHAIN)
        builder = builder.extension_policies(ca_policy=ca_policy, ee_policy=leaf_policy)
        try:
            builder.build_server_verifier(DNSName(name)).verify(chain[0], chain[1:MAX_CHAIN])
        except VerificationError as error:
            problem = str(error).split(" (encountered", 1)[0]
        except ValueError as error:
            raise SignatureError("untrusted_certificate", str(error)) from error
        else:
            return chain[0]
    raise SignatureError(
        "untrusted_certificate",
        problem,
        "the signing certificate is expired, made for another name, or not issued by a root we trust",
    )


def _policies() -> tuple[x509.verification.ExtensionPolicy, x509.verification.ExtensionPolicy]:
    """Return policies that ask for what identifies a CA and a leaf, and leave web-browser rules aside."""
    from cryptography.x509 import BasicConstraints, SubjectAlternativeName
    from cryptography.x509.verification import Criticality, ExtensionPolicy

    lenient = ExtensionPolicy.permit_all()
    return (
        lenient.require_present(BasicConstraints, Criticality.AGNOSTIC, None),
        lenient.require_present(SubjectAlternativeName, Criticality.AGNOSTIC, None),
    )


def _given_roots(texts: str | Sequence[str]) -> list[x509.Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    given = [texts] if isinstance(texts, str) else list(texts)
    return [root for text in given for root in load_pem_x509_certificates(text.encode())]


def ecdsa_fits(pem: str, signature: bytes, digest: str, message: bytes) -> bool:
    """Say whether `signature` (DER) of `message` was made with the key of a PEM text, line breaks or none.

    `digest`: SHA1 or SHA256.

    Raises:
        SignatureError: key_unavailable, when the text is no public key or `cryptography` is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise SignatureError("key_unavailable", "the package cryptography is missing", _INSTALL) from error
    found = _PUBLIC_KEY.search(pem)
    encoded = "".join(found.group(1).split()) if found else ""
    try:
        key = serialization.load_der_public_key(base64.b64decode(encoded, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("key_unavailable", f"no public key: {error}"[:200]) from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA1() if digest == "SHA1" else hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@cache
def system_roots() -> tuple[x509.Certificate, ...]:
    """Return the roots this machine trusts; those that cannot be read are left out."""
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

    found: list[x509.Certificate] = []
    file = ssl.get_default_verify_paths().cafile
    context = ssl.create_default_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old roots with odd serial numbers are the system's affair
        for der in context.get_ca_certs(binary_form=True):
            try:
                found.append(load_der_x509_certificate(der))
            except ValueError:
                continue
        for pem in _pem_blocks(Path(file)) if file and not found else ():
            try:
                found.append(load_pem_x509_certificate(pem))
            except ValueError:
                continue
    return tuple(found)


def _pem_blocks(path: Path) -> list[bytes]:
    end = b"-----END CERTIFICATE-----"
    try:
        return [block + end for block in path.read_bytes().split(end) if b"BEGIN CERTIFICATE" in block]
    except OSError:
        return []
