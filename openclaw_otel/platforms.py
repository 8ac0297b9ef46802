"""Which platform a call or a delivery belongs to: first-party adapters, custom platforms, and the team's own hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from urllib.parse import urlsplit

from openclaw_otel.adapters import all_adapters, get_adapter
from openclaw_otel.adapters.base import Adapter
from openclaw_otel.adapters.custom import CustomAdapter
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import UnknownPlatform
from openclaw_otel.paths import host_of
from openclaw_otel.record import WebhookRequest

CUSTOM = "custom:"
_MOST_HOSTS = 4096


class Platforms:
    """The platforms of one deployment. Immutable once made, but for what it remembers.

    Raises:
        ConfigError: a `[platforms.<name>]` table cannot be used.
    """

    def __init__(self, config: Config | None = None) -> None:
        settings = config or Config()
        self._custom = {
            f"{CUSTOM}{name}": CustomAdapter(name, table) for name, table in settings.custom_platforms.items()
        }
        self._bases = tuple((store.base_url, store) for store in settings.stores if store.base_url)
        self._stores = settings.stores
        self._of_host: dict[str, Sequence[tuple[Adapter, bool]]] = {}

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The base URLs of the stores of openclaw.toml."""
        return tuple(base for base, _ in self._bases)

    def get(self, name: str) -> Adapter:
        """Return the adapter of a platform, `custom:<name>` too.

        Raises:
            UnknownPlatform: there is none; the message lists the known ones.
        """
        if name in self._custom:
            return self._custom[name]
        if name.startswith(CUSTOM):
            known = ", ".join(sorted(self._custom)) or "none: add a [platforms.<name>] table to openclaw.toml"
            raise UnknownPlatform(f"no platform {name!r}; known custom platforms: {known}")
        return get_adapter(name)

    def all(self) -> tuple[Adapter, ...]:
        """Return every adapter, custom platforms first: what a team says of its hosts wins."""
        return self._all

    @cached_property
    def _all(self) -> tuple[Adapter, ...]:
        return (*self._custom.values(), *all_adapters())

    def adapter_for_url(self, url: str, hosts: Mapping[str, str] | None = None) -> Adapter | None:
        """Return the adapter a call belongs to, or None when it is not one to a platform.

        In order: `hosts` (host or host:port → platform name), a store's base URL, the adapters' hosts, path signatures.

        Raises:
            UnknownPlatform: `hosts` or a store names a platform that does not exist.
        """
        named = _named(url, hosts) if hosts else None
        if named is not None:
            return self.get(named)
        store = self.store_for_url(url) if self._bases else None
        if store is not None:
            return self.get(store.platform)
        for adapter, is_sure in self._asked(host_of(url)):
            if is_sure or adapter.owns(url):
                return adapter
        return next((adapter for adapter in self._all if adapter.owns_path(url)), None)

    def _asked(self, host: str) -> Sequence[tuple[Adapter, bool]]:
        """Return the adapters that may own a call to a host, and whether the host alone says that they do.

        Remembered, because hosts are few and patterns many.
        """
        found = self._of_host.get(host)
        if found is None:
            url = f"https://{host}/"
            is_plain = host_of(url) == host
            refined = [(adapter, type(adapter).owns is not Adapter.owns) for adapter in self._all]
            found = tuple(
                (adapter, is_plain and not refines) for adapter, refines in refined if refines or adapter.owns(url)
            )
            if len(self._of_host) >= _MOST_HOSTS:
                self._of_host.clear()
            self._of_host[host] = found
        return found

    def store_for_url(self, url: str) -> StoreConfig | None:
        """Return the store of openclaw.toml whose base URL a call begins with; the longest wins."""
        fitting = [(base, store) for base, store in self._bases if _under(url, base)]
        return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else None

    def account(self, platform: str, url: str, said: str | None) -> str | None:
        """Return the account a call was made for: `said` by the call itself (shop id, seller id), or by openclaw.toml.

        Where the call names no more than its host, the store whose base URL it went to tells better: its first
        identifier, or its name. Two stores under one base URL tell nothing.
        """
        if said is not None and not _begins(url, said):
            return said
        fitting = [(base, store) for base, store in self._bases if store.platform == platform and _under(url, base)]
        longest = max((len(base) for base, _ in fitting), default=0)
        found = {(*store.identifiers, store.name)[0] for base, store in fitting if len(base) == longest}
        return found.pop() if len(found) == 1 else said

    def store_named(self, platform: str, identifier: str) -> StoreConfig | None:
        """Return the store of a platform by its name or by what the platform calls the account."""
        for store in self._stores:
            if store.platform == platform and identifier in (store.name, *store.identifiers):
                return store
        return None

    def for_delivery(self, headers: Mapping[str, str]) -> Adapter | None:
        """Return the adapter whose delivery headers a request bears, or None."""
        return next((adapter for adapter in self.all() if adapter.is_delivery(headers)), None)

    def for_delivery_request(self, request: WebhookRequest) -> Adapter | None:
        """Return the adapter a request to us was sent by, asked with URL and body too; None for calls to a platform."""
        found = (adapter for adapter in self.all() if adapter.is_delivery_request(request))
        return next((adapter for adapter in found if not adapter.owns(request.url)), None)


def _named(url: str, hosts: Mapping[str, str]) -> str | None:
    if not hosts:
        return None
    host = host_of(url)
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    lowered = {key.lower(): platform for key, platform in hosts.items()}
    return lowered.get(f"{host}:{port}") or lowered.get(host)


def _begins(url: str, said: str) -> bool:
    """Say whether an account is nothing but the host of the call (with port or folder, as of a WooCommerce shop)."""
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        return False
    host = said.partition("/")[0].lower()
    return host in (host_of(url), netloc.rpartition("@")[2].lower())


def _under(url: str, base: str) -> bool:
    if host_of(url) != host_of(base):
        return False
    try:
        left, right = urlsplit(url), urlsplit(base)
        if left.port != right.port:
            return False
    except ValueError:
        return False
    path = right.path.rstrip("/")
    return left.path == path or left.path.startswith(f"{path}/")
