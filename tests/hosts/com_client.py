"""Run by the Windows Python: calls the COM server as Excel's VBA does, from a process of its own.

Each line of standard input is a JSON list of calls, each a function of the module, its arguments and how often; each
line of standard output the list of answers. A date is ``{"date": "2026-06-30"}``, an argument that is left out is
``{"missing": true}``. Like Excel, it holds on to the server until it ends.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time

CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
MODULE, PLAIN = "xl_thesis_udfs.hosts.excel_com", "tests.hosts.plain_udf"
BUTTONS = "xl_thesis.buttons"
MISSING = -2147352572
DAYS, SERIAL_ZERO = "\x02", dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


def to_com(value):
    if isinstance(value, list):
        return tuple(to_com(item) for item in value)
    if isinstance(value, dict) and "date" in value:
        return dt.datetime.fromisoformat(value["date"]).replace(tzinfo=dt.UTC)
    if isinstance(value, dict) and "missing" in value:
        return MISSING
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def to_json(value):
    if isinstance(value, tuple | list) and value and isinstance(value[0], tuple | list):
        marked = [str(header).startswith(DAYS) for header in value[0]]
        value = [value[0], *([day_of(item) if is_day else item for item, is_day in zip(row, marked, strict=True)]
                             for row in value[1:])]  # fmt: skip
    if isinstance(value, str) and value.startswith(DAYS):
        return value[1:]
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, dt.datetime):
        assert (value.hour, value.minute, value.second) == (0, 0, 0), value
        return {"date": value.date().isoformat()}
    return value


def day_of(item):
    """A day of a marked column, as our VBA makes a date of it; an error stays."""
    return SERIAL_ZERO + dt.timedelta(days=item) if isinstance(item, float) else item


def server(patience: float = 60):
    """The running server, waited for."""
    import pythoncom
    import win32com.client

    ends = time.monotonic() + patience
    while True:
        try:
            found = pythoncom.CoCreateInstance(CLSID, None, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.IID_IDispatch)
            return win32com.client.dynamic.Dispatch(found)
        except pythoncom.com_error:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def called(python, function, given):
    """A cell, as the module of cells calls it, or a button, as the module of buttons does."""
    if function == "press":
        return python.Str(python.Call(python.Module(BUTTONS), "press", python.Tuple(*given)))
    return python.CallUDF(PLAIN if function in ("one", "rows") else MODULE, function, given)


def main() -> None:
    python = server()
    for line in sys.stdin:
        answers = []
        for function, arguments, times in json.loads(line):
            given = to_com(arguments)
            seconds = []
            for _ in range(times):
                began = time.perf_counter()
                value = called(python, function, given)
                seconds.append(time.perf_counter() - began)
            answers.append({"value": to_json(value), "seconds": min(seconds)})
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
