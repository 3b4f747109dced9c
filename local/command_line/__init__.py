"""What a person types and sees: `make run`, `demo`, `stack`, `token`. May import every folder here."""
