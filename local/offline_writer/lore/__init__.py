"""The writing: from the text of a request and a JSON schema to lore that fits both."""
