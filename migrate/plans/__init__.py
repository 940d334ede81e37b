"""Plans: what each step decides, the file that people answer in, and how it holds once the code goes on."""
