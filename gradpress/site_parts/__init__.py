"""What a site says to machines, and what readers can do with its pages: one module for each."""
