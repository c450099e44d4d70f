"""Homeward's entry in the files of assistants' hosts: found, shown, written and undone."""
