"""The site's search: what of a page can be found, and the index that a reader's browser loads.

Words: a *section* is a heading with what stands below it; a *term* is a word, number or sign as it is compared; the
*record* of a page is what can be found on it, a file of the site that belongs to the page; a *share* is a part of the
index, all terms between two beginnings.  Every file is a script that hands its data over, because a page that was
opened from the disk may load scripts and nothing else.

The index is put together from the records of the pages, so that an edit costs the reading of one page.
"""
