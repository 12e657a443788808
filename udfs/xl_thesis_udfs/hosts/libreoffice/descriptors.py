"""What LibreOffice must be told of the extension: its parts, buttons, and settings."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

OLDEST_OFFICE = "7.4"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PARTS = {
    "types.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "functions.py": "application/vnd.sun.star.uno-component;type=Python",
    "commands.py": "application/vnd.sun.star.uno-component;type=Python",
    "config/Commands.xcu": "application/vnd.sun.star.configuration-data",
    "config/Toolbar.xcu": "application/vnd.sun.star.configuration-data",
    "config/Handlers.xcu": "application/vnd.sun.star.configuration-data",
    "config/Jobs.xcu": "application/vnd.sun.star.configuration-data",
    "config/Calc.xcu": "application/vnd.sun.star.configuration-data",
}
COMMANDS = {"refresh": "Refresh", "stop": "Stop", "snapshot": "Snapshot...", "status": "Status", "help": "Help"}
"""Command and title, in the order of the toolbar and the menu."""


def manifest() -> str:
    """META-INF/manifest.xml: every part and its media type; the types come before what uses them."""
    parts = "".join(
        f"  <manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type={quoteattr(kind)}/>\n"
        for name, kind in _PARTS.items()
    )
    return (
        f'{_XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{parts}</manifest:manifest>\n'
    )


def description(identifier: str, version: str) -> str:
    """description.xml: who the extension is, and the oldest LibreOffice that it works in."""
    return f"""{_XML}<description xmlns="http://openoffice.org/extensions/description/2006"
    xmlns:d="http://openoffice.org/extensions/description/2006"
    xmlns:l="http://libreoffice.org/extensions/description/2011">
  <identifier value={quoteattr(identifier)}/>
  <version value={quoteattr(version)}/>
  <display-name><name lang="en">xl-thesis</name></display-name>
  <dependencies>
    <l:LibreOffice-minimal-version value="{OLDEST_OFFICE}" d:name="LibreOffice {OLDEST_OFFICE}"/>
  </dependencies>
</description>
"""


def _configuration(package: str, name: str, body: str) -> str:
    return f"""{_XML}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:package={quoteattr(package)} oor:name={quoteattr(name)}>
{body}</oor:component-data>
"""


def _property(name: str, value: str) -> str:
    return f'<prop oor:name={quoteattr(name)} oor:type="xs:string"><value>{value}</value></prop>'


def _items(prefix: str) -> str:
    return "\n".join(
        f'<node oor:name="{prefix}{position}" oor:op="replace">{_property("URL", f"org.xlthesis:{command}")}'
        f"{_property('Title', title)}{_property('Target', '_self')}"
        f"{_property('Context', 'com.sun.star.sheet.SpreadsheetDocument')}</node>"
        for position, (command, title) in enumerate(COMMANDS.items())
    )


def commands() -> str:
    """A toolbar and a menu of Calc."""
    menu = (
        f'<node oor:name="OfficeMenuBar"><node oor:name="org.xlthesis.menu" oor:op="replace">'
        f"{_property('Title', 'Thesis')}{_property('Context', 'com.sun.star.sheet.SpreadsheetDocument')}"
        f'<node oor:name="Submenu">{_items("m")}</node></node></node>\n'
    )
    toolbar = (
        f'<node oor:name="OfficeToolBar"><node oor:name="org.xlthesis.toolbar" oor:op="replace">'
        f"{_items('t')}</node></node>\n"
    )
    return _configuration("org.openoffice.Office", "Addons", f'<node oor:name="AddonUI">{menu}{toolbar}</node>\n')


def toolbar() -> str:
    """Where the toolbar is at first, below Calc's own, and its title; otherwise it floats over them."""
    body = f"""<node oor:name="UIElements"><node oor:name="States">
<node oor:name="private:resource/toolbar/addon_org.xlthesis.toolbar" oor:op="replace">
<prop oor:name="UIName" oor:type="xs:string"><value xml:lang="en-US">Thesis</value></prop>
<prop oor:name="Visible" oor:type="xs:boolean"><value>true</value></prop>
<prop oor:name="Docked" oor:type="xs:boolean"><value>true</value></prop>
<prop oor:name="DockingArea" oor:type="xs:int"><value>0</value></prop>
{_property("DockPos", "0,2")}
</node></node></node>
"""
    return _configuration("org.openoffice.Office.UI", "CalcWindowState", body)


def handlers() -> str:
    """Who answers the buttons' addresses."""
    body = f"""<node oor:name="HandlerSet"><node oor:name="org.xlthesis.Commands" oor:op="replace">
{_property("Protocols", "org.xlthesis:*")}
</node></node>
""".replace('oor:type="xs:string"', 'oor:type="oor:string-list"')
    return _configuration("org.openoffice.Office", "ProtocolHandler", body)


def jobs() -> str:
    """What runs when LibreOffice has started."""
    body = f"""<node oor:name="Jobs"><node oor:name="org.xlthesis.Start" oor:op="replace">
{_property("Service", "org.xlthesis.Start")}</node></node>
<node oor:name="Events"><node oor:name="OnStartApp" oor:op="fuse"><node oor:name="JobList">
<node oor:name="org.xlthesis.Start" oor:op="replace"/></node></node></node>
"""
    return _configuration("org.openoffice.Office", "Jobs", body)


def calc() -> str:
    """Files of Excel are calculated when they are opened; Calc would trust the values another program saved."""
    body = """<node oor:name="Formula"><node oor:name="Load">
<prop oor:name="OOXMLRecalcMode" oor:type="xs:int"><value>0</value></prop></node></node>
"""
    return _configuration("org.openoffice.Office", "Calc", body)
