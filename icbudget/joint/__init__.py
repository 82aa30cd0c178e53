"""Joint work: what each partner owns, what its part holds, what it changed, and the merge."""
