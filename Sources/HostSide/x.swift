enum PlaceholderHostSide {}
