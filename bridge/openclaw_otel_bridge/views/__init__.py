"""HTTP: web UI, REST API and intake, each a blueprint."""
