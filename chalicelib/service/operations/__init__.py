"""The operations of the people on call: the state of the stage, the history of one job, and changes."""
