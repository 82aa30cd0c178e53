"""The command line. Nothing here works anything out."""
