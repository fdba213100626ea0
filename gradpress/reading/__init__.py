"""A page's file on its way to pandoc: header, fences, includes, and where everything stands in it."""
