"""The labelled sets that quality is held against: where they lie in a folder, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from offhook.people.model import RecordKind


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A labelled set: its files below the folder, the truth column, what its records are about."""

    name: str
    files: tuple[str, ...]
    truth: str
    kind: RecordKind
    region: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def paths(self, folder: Path) -> list[Path]:
        """Its files in that folder."""
        return [folder / file for file in self.files]


SETS = (
    LabelledSet("febrl1", ("febrl/dataset1.csv",), "rec_id", RecordKind.PERSON, "AU"),
    LabelledSet("febrl2", ("febrl/dataset2.csv",), "rec_id", RecordKind.PERSON, "AU"),
    LabelledSet("febrl4", ("febrl/dataset4a.csv", "febrl/dataset4b.csv"), "rec_id", RecordKind.PERSON, "AU"),
    LabelledSet("historical-figures", ("historical-figures/people.csv",), "cluster", RecordKind.PERSON, "GB"),
    LabelledSet("chicago-sites", ("chicago-sites/sites.csv",), "True Id", RecordKind.ACCOUNT, "US"),
    LabelledSet(
        "patstat-company-names", ("patstat-company-names/applicants.csv",), "entity_id", RecordKind.ACCOUNT, "NL"
    ),
)
"""Files that are missing are left out. None of these sets had a weight fitted to it alone."""
