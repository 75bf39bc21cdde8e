"""Pure rules: values in, decisions out. Nothing here opens a file, asks the clock or knows SQL."""
