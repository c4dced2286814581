"""Reads electronic official documents (edXML, QCVN 102:2016/BTTTT); see reader.read_edxml."""
