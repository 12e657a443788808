"""httpx as we want it: our certificates and proxy, no redirect with a key, and the key below all that logs or raises.

Loaded with the first question, so that a refresh that need not ask anybody is done sooner.
"""

from __future__ import annotations

import httpx

from xl_thesis.sources.connection import proxy_of, trust
from xl_thesis.sources.protocol import Link

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""What a question may raise."""


def open_client(link: Link, url: str, agent: str, secret_name: str, secret: str | None) -> httpx.Client:
    """A client for the provider at an address, which sends the secret along as the parameter ``secret_name``."""
    inner = httpx.HTTPTransport(verify=trust(link), proxy=proxy_of(link, url))
    return httpx.Client(
        transport=_Keyed(inner, secret_name, secret) if secret else inner,
        timeout=link.timeout_seconds,
        follow_redirects=not secret,  # a key follows no redirect
        headers={"User-Agent": agent},
    )


class _Keyed(httpx.BaseTransport):
    """Adds the key on the way out, below everything that logs or raises."""

    def __init__(self, inner: httpx.BaseTransport, name: str, secret: str) -> None:
        self._inner, self._name, self._secret = inner, name, secret

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_merge_params({self._name: self._secret})
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=request.headers, extensions=request.extensions)
        )

    def close(self) -> None:
        self._inner.close()
