"""Which of a user's files are train, validation and test, so that it stays when files are added."""
