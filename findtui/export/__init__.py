"""How responses leave: dump text, DICOM files, XML, JSON, CSV; one Writer protocol, one format a file."""
