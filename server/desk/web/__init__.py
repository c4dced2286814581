"""What every page of the desk uses: layout, rights, assets, translations, slide previews."""
