"""Labels and numbers of the whole site, and what references to them say."""
