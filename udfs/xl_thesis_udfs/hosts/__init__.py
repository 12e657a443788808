"""What the programs that show cells need of us, one module a program."""
