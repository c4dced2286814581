"""The slide kinds, one folder each: code, template, style, fixture."""
