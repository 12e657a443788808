"""What lies between us and a provider: proxy, certificates, clock; and what their failures are called."""

from __future__ import annotations

import datetime as dt
import os
import ssl
import sys
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from xl_thesis.addresses import place_of
from xl_thesis.errors import BadAnswer, ClockWrong, ProxyFailed, SourceError, TimedOut, TLSFailed, Unreachable
from xl_thesis.sources.protocol import Link

_WRONG_CLOCK = dt.timedelta(hours=20)
"""Rows are dated by the day; a clock this far off would date them wrongly."""
_NOT_YET_VALID, _EXPIRED = 9, 10  # OpenSSL's verify codes

Caught = TypeVar("Caught", bound=BaseException)


def said(error: Exception, provider: str, link: Link, url: str) -> SourceError:
    """What an exception of the transport means, in a sentence."""
    certificate = _find(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return _certificate(provider, getattr(certificate, "verify_code", 0), str(certificate.verify_message))
    if _find(error, ssl.SSLError) is not None:
        return TLSFailed(f"no safe connection to {provider} could be agreed; a proxy may break it: set network.proxy")
    proxy = proxy_of(link, url)
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed(f"the proxy {shown(proxy)} refuses to connect to {provider} ({error})")
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"{provider} did not answer within {link.timeout_seconds:g} seconds")
    if isinstance(error, httpx.ConnectError) and proxy is not None:
        return ProxyFailed(f"the proxy {shown(proxy)} cannot be reached; check network.proxy")
    if isinstance(error, httpx.ConnectError):
        return Unreachable(f"{provider} cannot be reached; check the connection, or set network.proxy")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return SourceError(f"the address set for {provider} is not one")
    if isinstance(error, httpx.DecodingError | httpx.RemoteProtocolError):
        return BadAnswer(f"{provider} broke off its answer")
    if isinstance(error, httpx.TransportError):
        return Unreachable(f"the connection to {provider} broke")
    return Unreachable(f"{provider} cannot be asked ({type(error).__name__})")


def check_clock(provider: str, headers: Mapping[str, str]) -> None:
    """Raise ``ClockWrong`` where an answer (its headers in lower case) has quite another time than this computer."""
    try:
        theirs = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return
    here = dt.datetime.now(dt.UTC)
    if theirs.tzinfo is not None and abs(here - theirs) > _WRONG_CLOCK:
        raise ClockWrong(
            f"this computer's clock says {here:%Y-%m-%d %H:%M} UTC, {provider} says"
            f" {theirs.astimezone(dt.UTC):%Y-%m-%d %H:%M}; set the clock, or new values would be dated wrongly"
        )


def _certificate(provider: str, code: int, message: str) -> SourceError:
    here = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    if code == _NOT_YET_VALID:
        return ClockWrong(f"the certificate of {provider} begins after {here}; set this computer's clock")
    if code == _EXPIRED:
        return ClockWrong(f"the certificate of {provider} ended before {here}; check this computer's clock")
    return TLSFailed(
        f"the certificate of {provider} is not trusted here ({message}); in a company network set network.ca_bundle to"
        " its certificates"
    )


def _find(error: BaseException | None, kind: type[Caught]) -> Caught | None:
    """The first of a kind among an exception and what led to it."""
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None


def proxy_of(link: Link, url: str) -> str | None:
    """The proxy that is set, else the one that the system has for this address."""
    address = urlsplit(url)
    if link.proxy or not address.hostname or proxy_bypass(address.hostname):
        return link.proxy
    return getproxies().get(address.scheme)


def shown(proxy: str | None) -> str:
    """A proxy's address without its login."""
    return place_of(proxy if proxy and "://" in proxy else f"://{proxy or ''}")


def trust(link: Link) -> ssl.SSLContext:
    """The certificates that are set, else those of the system, else (a bare container) those of the Python world."""
    if link.ca_bundle is not None:
        try:
            return ssl.create_default_context(cafile=link.ca_bundle)
        except (OSError, ssl.SSLError):
            raise _no_bundle(link) from None
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    if sys.platform.startswith("linux") and not (paths.cafile or (paths.capath and any(Path(paths.capath).iterdir()))):
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context


def trusted_file(link: Link, folder: Path) -> Path:
    """The same for a client that reads a file only: it is written into ``folder``, where a company's own certificates
    in the system's store would otherwise not be seen.
    """
    import certifi

    if link.ca_bundle is not None:
        if not link.ca_bundle.is_file():
            raise _no_bundle(link)
        return link.ca_bundle
    ours = ssl.create_default_context().get_ca_certs(binary_form=True)  # on Windows: what its store trusts
    text = Path(certifi.where()).read_text(encoding="ascii") + "".join(map(ssl.DER_cert_to_PEM_cert, ours))
    file = folder / "trusted.pem"
    if not file.is_file() or file.read_text(encoding="ascii") != text:
        beside = folder / f".trusted.{os.getpid()}.tmp"
        beside.write_text(text, encoding="ascii")
        beside.replace(file)
    return file


def _no_bundle(link: Link) -> TLSFailed:
    return TLSFailed(f"network.ca_bundle '{link.ca_bundle}' cannot be read as certificates")
