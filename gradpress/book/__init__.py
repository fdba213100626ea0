"""The site as one PDF: what its pages have written as chapters, put together and compiled."""
