"""The few forms that the page is made of."""


def section(title, *paragraphs):
    return "\n\n".join([f"## {title}", *paragraphs])


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def spread(values, digits):
    return f"{values.median:.{digits}f} ({values.low:.{digits}f} to {values.high:.{digits}f})"
