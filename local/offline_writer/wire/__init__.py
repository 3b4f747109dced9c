"""The offline writer's HTTP server."""
