"""What makes the documentation: reference pages from code, the site, the recorded demo."""
