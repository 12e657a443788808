"""Files that the extension carries into LibreOffice; they import nothing of the package and run on Python 3.8."""
