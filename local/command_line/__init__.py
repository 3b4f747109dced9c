"""The commands `make run`, `demo`, `stack` and `token`. May import every folder here."""
