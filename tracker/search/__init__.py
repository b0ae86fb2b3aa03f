"""Finding words in what is published: jurisdictions, items of frameworks, instruments, and passages quoted from them."""
