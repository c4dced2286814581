"""All SQL of the program. Each public function runs one transaction, and takes and returns frozen dataclasses."""
