"""The cell functions, a few lines each. They answer from the store, never from the network.

Importing this package fills the registry, chapter by chapter.
"""

from xl_thesis_udfs.functions import score as score  # isort: skip
from xl_thesis_udfs.functions import evidence as evidence  # isort: skip
from xl_thesis_udfs.functions import series as series  # isort: skip
from xl_thesis_udfs.functions import dollar as dollar  # isort: skip
from xl_thesis_udfs.functions import markets as markets  # isort: skip
from xl_thesis_udfs.functions import claims as claims  # isort: skip
from xl_thesis_udfs.functions import status as status  # isort: skip
