"""Contains the sample sources that are shipped with the program, and the script that draws their pictures."""
