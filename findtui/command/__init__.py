"""findscu's command line as a language: the options, DCMTK's grammar, and commands to and from Peer and Query.

Both front ends speak it: headless to be run, the application to copy and paste. It prints nothing and runs nothing.
"""
