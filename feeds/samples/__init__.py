"""The shipped sample sources, and the program that draws their pictures."""
