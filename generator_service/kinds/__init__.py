"""One file for each kind of lore; each exposes `KIND`. They are found by `generator_service.registry`."""
