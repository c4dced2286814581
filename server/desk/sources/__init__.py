"""Sources and held stories at the desk."""
