"""The sealer of the running bridge."""

from dataclasses import replace

from cryptography.fernet import Fernet

from openclaw_otel_bridge.services import EXTENSION
from openclaw_otel_bridge.views.ui.stored import sealer
from tests.bridge.running import Bridge


def test_it_uses_the_deployments_keys(bridge: Bridge) -> None:
    services = bridge.app.extensions[EXTENSION]
    with bridge.app.app_context():
        assert sealer().seal("x") == "x"
        keyed = replace(services, config=replace(services.config, encryption_keys=(Fernet.generate_key().decode(),)))
        bridge.app.extensions[EXTENSION] = keyed
        sealed = sealer().seal("x")
        assert sealed != "x"
        assert sealer().open(sealed) == "x"
        bridge.app.extensions[EXTENSION] = services
