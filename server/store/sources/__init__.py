"""Sources and their stories."""
