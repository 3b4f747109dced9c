"""A world as a file: Markdown, JSON, a vault for Obsidian, a journal for Foundry VTT, or one HTML page to print.

Pure functions: a world in, a file's name, media type and bytes out. All text is data: whatever it contains, it becomes
neither structure of the file nor a link, a script or a roll of dice.
"""
