"""The REST API of DESIGN's surface: everything under /api/v1, described by openapi.json."""

from openclaw_otel_bridge.views.api import articles as articles
from openclaw_otel_bridge.views.api import channels as channels
from openclaw_otel_bridge.views.api import deliveries as deliveries
from openclaw_otel_bridge.views.api import events as events
from openclaw_otel_bridge.views.api import issues as issues
from openclaw_otel_bridge.views.api import people as people
from openclaw_otel_bridge.views.api import project as project
from openclaw_otel_bridge.views.api import rejects as rejects
from openclaw_otel_bridge.views.api import rules as rules
from openclaw_otel_bridge.views.api import settings as settings
from openclaw_otel_bridge.views.api import teams as teams
from openclaw_otel_bridge.views.api import tokens as tokens
from openclaw_otel_bridge.views.api import work as work
from openclaw_otel_bridge.views.api.blueprint import blueprint

__all__ = ["blueprint"]
