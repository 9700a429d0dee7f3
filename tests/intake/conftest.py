"""What tests of intake begin with."""

from pathlib import Path
from uuid import UUID

import pytest

from intake.imports import Importer
from offhook.kernel.database import Database


@pytest.fixture
def importer(database: Database, organisation: UUID, tmp_path: Path) -> Importer:
    """Imports files into the test's organisation."""
    return Importer(database, organisation, tmp_path / "kept")
