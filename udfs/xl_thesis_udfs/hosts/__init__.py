"""What the programs that show cells need of us, a module or a folder each."""
