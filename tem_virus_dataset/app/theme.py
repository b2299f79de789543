"""How a window looks: legible colours, one column on a telephone, two on a desk; its headings."""

from nicegui import ui

PRIMARY = "#124f8c"  # 8.0 : 1 on white
STYLE = """
body { background: #f4f6f8; color: #1b1f24; font-size: 16px; line-height: 1.45; }
.nicegui-content { padding: 0; display: block; width: 100%; }
.page { max-width: 1400px; margin: 0 auto; padding: 16px; }
header.top { background: #124f8c; color: #fff; padding: 12px 16px; }
header.top h1 { font-size: 22px; line-height: 1.2; margin: 0; font-weight: 600; }
header.top p { margin: 4px 0 0; font-size: 15px; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; align-items: start; }
@media (min-width: 1000px) { .columns { grid-template-columns: 440px minmax(0, 1fr); } }
section.panel { background: #fff; border: 1px solid #c9d1d9; border-radius: 6px; padding: 14px 16px;
  margin-bottom: 16px; display: block; min-width: 0; }
section.panel h2 { font-size: 18px; line-height: 1.3; margin: 0 0 8px; font-weight: 600; }
section.panel h3 { font-size: 16px; line-height: 1.3; margin: 16px 0 6px; font-weight: 600; }
.hint { color: #4a5560; font-size: 14px; margin: 2px 0 8px; overflow-wrap: anywhere; }
.needed { color: #9c1c1c; font-weight: 600; }
.file { border-top: 1px solid #dde3e8; padding: 8px 0 2px; display: grid;
  grid-template-columns: minmax(0, 1fr) 116px 40px; gap: 2px 10px; align-items: center; }
.file .name { font-weight: 600; overflow-wrap: anywhere; }
.together { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; }
.q-uploader { width: 100%; max-height: 260px; box-shadow: none; border: 2px dashed #5d6b78; }
.q-uploader__header { background: #fff; color: #1b1f24; }
.q-uploader__list { padding: 0 8px; min-height: 0; }
.q-uploader__list:empty { display: none; }
.drop { padding: 12px; display: flex; gap: 6px 12px; align-items: center; flex-wrap: wrap; }
.messages { margin: 0; padding: 0; list-style: none; }
.messages li { border-left: 4px solid #5d6b78; background: #f0f3f5; padding: 6px 10px;
  margin: 0 0 6px; overflow-wrap: anywhere; font-size: 15px; }
.messages li.error { border-color: #b3261e; background: #fdeceb; }
.messages li.warning { border-color: #8a5a00; background: #fff5e0; }
.scroll { overflow-x: auto; }
table.counts { border-collapse: collapse; font-size: 15px; }
table.counts th, table.counts td { border: 1px solid #c9d1d9; padding: 4px 10px;
  text-align: right; }
table.counts th { background: #eef2f5; font-weight: 600; }
table.counts th:first-child { text-align: left; overflow-wrap: anywhere; min-width: 110px; }
table.counts tr.total td, table.counts tr.total th { font-weight: 700; background: #eef2f5; }
img.overlay { width: 100%; height: auto; display: block; border: 1px solid #c9d1d9; }
img.diameters { width: 100%; min-width: 640px; height: auto; display: block; }
.card { font-size: 15px; overflow-wrap: anywhere; }
.card h1, .card h2 { font-size: 17px; line-height: 1.3; margin: 12px 0 4px; font-weight: 600; }
.card table { border-collapse: collapse; }
.card th, .card td { border: 1px solid #c9d1d9; padding: 2px 6px; text-align: left;
  font-size: 14px; overflow-wrap: normal; word-break: normal; }
.card .q-expansion-item__content, .q-expansion-item .nicegui-expansion-content { padding: 0; }
.q-expansion-item .q-item { padding: 8px 0; }
.card .nicegui-markdown { overflow-x: auto; }
.q-field__label, .q-field--dense .q-field__label { color: #3b444d; font-size: 16px; }
.q-field--dense.q-field--float .q-field__label { transform: translateY(-46%) scale(.88); }
.q-field--dense .q-field__control, .q-field--dense .q-field__marginal { height: auto;
  min-height: 52px; }
.q-field--dense.q-field--labeled .q-field__native,
.q-field--dense.q-field--labeled .q-field__control-container { padding-top: 10px; }
.q-field--dense .q-field__label { top: 15px; }
.q-field__native, .q-field__input { color: #1b1f24; }
:focus-visible, .q-focusable:focus-visible, .q-btn:focus-visible { outline: 3px solid #c77700;
  outline-offset: 2px; }
.q-btn { text-transform: none; font-size: 15px; min-height: 40px; }
"""


def panel(title: str) -> ui.element:
    """Return a part of the page; what is built in it stands below its heading."""
    section = ui.element("section").classes("panel").props(f'aria-label="{title}"')
    with section:
        ui.html(f"<h2>{title}</h2>", sanitize=False)
    return section


def heading(text: str) -> None:
    """Draw a heading within a part of the page."""
    ui.html(f"<h3>{text}</h3>", sanitize=False)


def quoted(text: str) -> str:
    """Return a value for NiceGUI's `props`, which reads quoted JSON."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
