"""What talks to Amazon: the account's credentials and the calls. It knows no database and no terminal."""
