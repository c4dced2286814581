"""Priority and urgent notices and the steps that people take with them."""
