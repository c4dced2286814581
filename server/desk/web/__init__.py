"""Code that the desk's features share: the context and rights of views, page layout, forms, languages, previews."""
