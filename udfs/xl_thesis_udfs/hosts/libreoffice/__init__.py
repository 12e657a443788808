"""LibreOffice Calc: an extension generated from the registry, and the process that answers it.

``extension/`` runs inside LibreOffice on whatever Python that brings, with the standard library alone. It talks over a
pipe to ``worker``, which runs in the environment that xl-thesis is installed in.
"""
