"""The wire: peers, associations, C-FIND and C-ECHO. pynetdicom lives behind this door (and in the demo server)."""
