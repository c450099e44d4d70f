"""What checks of cheap answers are worth: questions of our own with known answers, and training."""
