enum PlaceholderEvents {}
