"""`loresmith ops`, the commands for the engineer on call. It needs the extra `ops`."""
