"""A part of a page with its heading."""

from nicegui import ui


def panel(title: str) -> ui.element:
    """Return a part of the page; what is built in it stands below its heading."""
    section = ui.element("section").classes("panel").props(f'aria-label="{title}"')
    with section:
        ui.html(f"<h2>{title}</h2>", sanitize=False)
    return section
