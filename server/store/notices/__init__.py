"""Priority and urgent notices: posting and clearing them, the steps of a draft, and the published CAP documents."""
