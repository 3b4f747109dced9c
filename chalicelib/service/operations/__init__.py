"""What the people on call ask for: the state of the stage, the story of one job, and what they may change."""
