"""Priority and urgent notices: posting and clearing them, and the steps of a draft."""
