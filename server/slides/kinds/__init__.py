"""The kinds of slides, one folder each: code, template, style sheet, fixture."""
