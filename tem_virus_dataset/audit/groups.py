"""Groups of micrographs that show one field: no split may divide them."""

from collections.abc import Iterable, Mapping

from scipy.cluster.hierarchy import DisjointSet

from tem_virus_dataset.audit import clean
from tem_virus_dataset.audit.clean import Name


def joined(
    unit_of: Mapping[Name, Name], pairs: Iterable[tuple[Name, Name]] | None = None
) -> dict[Name, str]:
    """Return the group of each micrograph: its unit, and those units that show a field of it.

    Two micrographs that overlap a third show one field, even where that is not among the names.

    Args:
      unit_of: by class and stem, what is never divided, such as a session or the micrograph itself;
        it begins with the class.
      pairs: micrographs of one field, by default those that the package lists.

    Returns:
      The name of each group, that of the first of its units: `Class/unit`.
    """
    together = DisjointSet(sorted(set(unit_of.values())))
    fields = clean.fields(clean.same_field() if pairs is None else pairs)
    first_of: dict[int, Name] = {}
    for name in sorted(unit_of):
        if name in fields:
            together.merge(first_of.setdefault(fields[name], unit_of[name]), unit_of[name])
    named = {member: "/".join(min(subset)) for subset in together.subsets() for member in subset}
    return {name: named[unit_of[name]] for name in sorted(unit_of)}
