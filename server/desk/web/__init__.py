"""What every page of the desk uses: context, rights, layout, assets, languages, slide previews, lists, CSV."""
