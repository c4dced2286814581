"""What runs in the screen; a package only so that its files travel with the wheel."""
